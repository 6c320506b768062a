#include <algorithm>
#include <array>
#include <initializer_list>
#include <string>
#include <string_view>

#include "cero/stats.h"
#include "tables/pages.h"

namespace cero::tables {
namespace {

// The terms of the ledger's equation, but for the reasons.
constexpr std::array<std::string_view, 4> kTerms{"recorded", "exported", "rejected", "in_flight"};

bool is_term(std::string_view name) {
  return std::find(kTerms.begin(), kTerms.end(), name) != kTerms.end();
}

bool is_reason(std::string_view name) { return name.starts_with("dropped."); }

std::string code(std::string_view name) { return "`" + std::string(name) + "`"; }

// A word with an underscore is a name in code.
std::string as_markdown(std::string_view description) {
  std::string text;
  while (!description.empty()) {
    const size_t end = std::min(description.find_first_of("()., :;"), description.size());
    const std::string_view word = description.substr(0, end);
    text += word.find('_') != std::string_view::npos ? code(word) : std::string(word);
    text += description.substr(end, 1);
    description.remove_prefix(std::min(end + 1, description.size()));
  }
  return text;
}

std::string row(std::initializer_list<std::string> cells) {
  std::string text = "|";
  for (const std::string& cell : cells) text += " " + cell + " |";
  return text + "\n";
}

Page part(std::string_view name, const std::string& table) {
  return {"docs/reliability.md", std::string(name), "\n" + table + "\n"};
}

// A table of the numbers for which is_wanted(name).
template <typename Visited, typename Wanted>
std::string table_with_units(const Visited& visited, Wanted is_wanted) {
  std::string table = "| name | kind | unit | what it counts |\n|---|---|---|---|\n";
  visited.visit([&](const StatInfo& info, auto) {
    const char* const kind = info.kind == StatKind::counter ? "counter" : "gauge";
    if (is_wanted(info.name))
      table += row({code(info.name), kind, code(info.unit), as_markdown(info.description)});
  });
  return table;
}

std::string table_of_reasons() {
  std::string table = "| reason | the span |\n|---|---|\n";
  Stats().visit([&](const StatInfo& info, uint64_t) {
    if (is_reason(info.name)) table += row({code(info.name), as_markdown(info.description)});
  });
  return table;
}

bool is_other(std::string_view name) { return !is_term(name) && !is_reason(name); }

bool is_any(std::string_view) { return true; }

}  // namespace

std::vector<Page> reliability_pages() {
  return {part("ledger", table_with_units(Stats(), is_term)),
          part("drop reasons", table_of_reasons()),
          part("other counters", table_with_units(Stats(), is_other)),
          part("endpoint counters", table_with_units(EndpointStats(), is_any))};
}

}  // namespace cero::tables
