#include <nlohmann/json.hpp>

#include "cero/stats.h"
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

}  // namespace

std::string lists_json() {
  const Json lists{{"stats", rows_of(Stats())}, {"endpoint_stats", rows_of(EndpointStats())}};
  return lists.dump(2) + "\n";
}

}  // namespace cero::tables
