#include <string_view>
#include <type_traits>

#include "cero/stats.h"
#include "tables/pages.h"

namespace cero::tables {
namespace {

constexpr std::string_view kReason = "dropped.";

std::string field(std::string_view name, std::string_view type) {
  return "    " + std::string(name) + ": " + std::string(type) + "\n";
}

std::string reasons() {
  std::string fields;
  Stats().visit([&](const StatInfo& info, uint64_t) {
    if (info.name.starts_with(kReason)) fields += field(info.name.substr(kReason.size()), "int");
  });
  return fields;
}

std::string counters() {
  std::string fields;
  Stats().visit([&](const StatInfo& info, uint64_t) {
    if (!info.name.starts_with(kReason)) fields += field(info.name, "int");
  });
  return fields;
}

std::string endpoint_counters() {
  std::string fields;
  EndpointStats().visit([&](const StatInfo& info, auto value) {
    fields += field(info.name, std::is_same_v<decltype(value), bool> ? "bool" : "int");
  });
  return fields;
}

std::string dataclass(std::string_view name, const std::string& content) {
  return "@dataclass(frozen=True)\nclass " + std::string(name) + ":\n" + content + "\n";
}

}  // namespace

Page python_stats_page() {
  return {"python/src/cero/_stats.pyi", "",
          "# Made by ./dev tables from include/cero/stats.h: what python/src/cero/_stats.py makes "
          "when\n"
          "# it is imported, for type checkers.\n"
          "from dataclasses import dataclass\n"
          "from typing import Any\n\n" +
              dataclass("DroppedSpans",
                        reasons() + "    @property\n    def total(self) -> int: ...\n") +
              dataclass("EndpointStats", endpoint_counters()) +
              dataclass("Stats", counters() + field("dropped", "DroppedSpans") +
                                     field("endpoints", "tuple[EndpointStats, ...]") +
                                     "    @property\n    def balanced(self) -> bool: ...\n") +
              "def make_stats(numbers: dict[str, Any]) -> Stats: ...\n"
              "def sum_of(all_stats: list[Stats]) -> Stats: ...\n"};
}

}  // namespace cero::tables
