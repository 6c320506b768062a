#include <nlohmann/json.hpp>

#include "cero/stats.h"
#include "config/option_table.h"
#include "tables/option_text.h"
#include "tables/pages.h"

namespace cero::tables {
namespace {

using Json = nlohmann::ordered_json;

// The rows that a Stats or an EndpointStats shows to a visitor.
template <typename Visited>
Json rows_of(const Visited& visited) {
  Json rows = Json::array();
  visited.visit([&](const StatInfo& info, auto) {
    rows.push_back({{"name", info.name},
                    {"kind", info.kind == StatKind::counter ? "counter" : "gauge"},
                    {"unit", info.unit},
                    {"description", info.description}});
  });
  return rows;
}

Json options() {
  Json rows = Json::array();
  for (const core::OptionRow& option : core::kOptions) {
    Json variables = Json::array();
    for (const std::string_view variable : option.variables) {
      if (!variable.empty()) variables.push_back(variable);
    }
    rows.push_back({{"name", option.name},
                    {"python", option.python},
                    {"variables", std::move(variables)},
                    {"unit", option.unit},
                    {"default", default_text(option)},
                    {"range", range_text(option)},
                    {"description", option.sentence}});
  }
  return rows;
}

}  // namespace

std::string lists_json() {
  const Json lists{{"stats", rows_of(Stats())},
                   {"endpoint_stats", rows_of(EndpointStats())},
                   {"options", options()}};
  return lists.dump(2) + "\n";
}

}  // namespace cero::tables
