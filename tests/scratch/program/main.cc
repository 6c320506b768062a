// What the added reason and the added option are at run time. Takes the URL of a backend that
// refuses every request.
#include <cero/cero.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "loadgen/ledger.h"

namespace {

int faults = 0;

void expect(bool holds, std::string_view what, const std::string& found) {
  if (holds) return;
  ++faults;
  std::fprintf(stderr, "%.*s; found: %s\n", static_cast<int>(what.size()), what.data(),
               found.c_str());
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

void counts_the_reason(const char* url) {
  auto provider = cero::TracerProvider::create({.exporter = {.endpoint = url}});
  if (!provider) return expect(false, "a provider", provider.error().message());
  cero::Tracer tracer = provider->get_tracer("scratch");
  for (int i = 0; i < 3; ++i) tracer.start_span("refused").end();
  static_cast<void>(provider->force_flush());

  const cero::Stats stats = provider->stats();
  expect(stats.dropped.scratch_reason == 3 && stats.dropped.total() == 3 && stats.recorded == 3,
         "three spans, dropped for the reason", std::to_string(stats.dropped.total()));
  std::string visited;
  stats.visit([&](const cero::StatInfo& info, uint64_t value) {
    if (value == 3) visited.append(info.name).append(" ");
  });
  expect(visited == "recorded dropped.scratch_reason ", "the reason, visited", visited);
  const std::string json = cero::loadgen::ledger_json(stats).dump();
  expect(contains(json, "\"scratch_reason\":3"), "the reason in the tools' JSON", json);
}

void checks_the_option(const char* url) {
  const auto refused =
      cero::TracerProvider::create({.exporter = {.endpoint = url}, .batch = {.scratch_max = 10}});
  const std::string message = refused ? "no error" : refused.error().message();
  expect(contains(message, "batch.scratch_max is 10: choose from 1 to 9"), "its range", message);

  setenv("CERO_SCRATCH_MAX", "99", 1);
  std::string said;
  const auto ignored = cero::TracerProvider::from_environment(
      {.exporter = {.endpoint = url},
       .log_handler = [&](cero::Severity, std::string_view text) { said += text; }});
  expect(contains(said,
                  "CERO_SCRATCH_MAX=\"99\" is ignored, and does not change "
                  "batch.scratch_max: a whole number from 1 to 9"),
         "its variable", said);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  counts_the_reason(argv[1]);
  checks_the_option(argv[1]);
  return faults == 0 ? 0 : 1;
}
