// Goal: docs/reliability.md tells what the matrix shows. Method: the table is made from the
// scenarios and looked for in the document.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

#include "fault/scenarios.h"

namespace cero::test {
namespace {

std::string backquoted(std::string_view script) {
  std::string text = "`";
  for (const char c : script) {
    if (c == '\n') {
      text += "`, `";
    } else {
      text += c;
    }
  }
  return text + "`";
}

void add_place(std::string& text, uint64_t spans, const char* what) {
  if (spans == 0) return;
  if (!text.empty()) text += ", ";
  text += std::to_string(spans) + " " + what;
}

std::string as_text(const Places& places) {
  std::string text;
  add_place(text, places.exported, "exported");
  add_place(text, places.rejected, "rejected");
  add_place(text, places.permanent_error, "`permanent_error`");
  add_place(text, places.retry_expired, "`retry_expired`");
  add_place(text, places.after_shutdown, "`after_shutdown`");
  return text.empty() ? "all exported but the rejected" : text;
}

const char* protocols_of(Over over) {
  switch (over) {
    case Over::every:
      return "all";
    case Over::http2_and_grpc:
      return "TLS";
    case Over::grpc:
      return "gRPC";
  }
  return "";
}

std::string outcome_of(const Scenario& scenario) {
  std::string text = as_text(scenario.places);
  if (scenario.over_grpc) text += "; gRPC: " + as_text(*scenario.over_grpc);
  if (scenario.delivered_twice > 0) {
    text += ", " + std::to_string(scenario.delivered_twice) + " of them twice";
  }
  if (scenario.stored_and_dropped > 0) {
    text += ", " + std::to_string(scenario.stored_and_dropped) + " of the dropped stored";
  }
  return text;
}

std::string scenarios_as_markdown() {
  std::string text = "| scenario | the backend | over | spans |\n|---|---|---|---|\n";
  for (const Scenario& scenario : scenarios()) {
    text.append("| ").append(scenario.name).append(" | ").append(backquoted(scenario.script));
    text.append(" | ").append(protocols_of(scenario.over)).append(" | ");
    text.append(outcome_of(scenario)).append(" |\n");
  }
  return text;
}

TEST(FaultTable, is_in_the_document_as_the_scenarios_are) {
  std::ifstream file(CERO_RELIABILITY_MD);
  std::ostringstream document;
  document << file.rdbuf();
  const std::string table = scenarios_as_markdown();
  EXPECT_NE(document.str().find(table), std::string::npos)
      << "put this table into docs/reliability.md:\n\n"
      << table;
}

}  // namespace
}  // namespace cero::test
