#include "loadgen/ledger.h"

#include <algorithm>
#include <cstdio>
#include <string_view>

#include "loadgen/figures.h"

namespace cero::loadgen {
namespace {

// Where a number stands in an object: "dropped.ring_full" in one named "dropped".
nlohmann::json::json_pointer place_of(std::string_view name) {
  std::string path = "/" + std::string(name);
  std::replace(path.begin(), path.end(), '.', '/');
  return nlohmann::json::json_pointer(path);
}

std::string row(std::string_view name, uint64_t count) {
  char text[96];
  std::snprintf(text, sizeof text, "  %-18.*s %15s\n", static_cast<int>(name.size()), name.data(),
                grouped(count).c_str());
  return text;
}

}  // namespace

nlohmann::ordered_json ledger_json(const Stats& stats) {
  nlohmann::ordered_json object;
  stats.visit([&](const StatInfo& info, uint64_t value) { object[place_of(info.name)] = value; });
  return object;
}

Stats parse_ledger(const nlohmann::json& object) {
  Stats stats;
  stats.visit([&](const StatInfo& info, uint64_t& value) {
    value = object.at(place_of(info.name)).get<uint64_t>();
  });
  return stats;
}

nlohmann::ordered_json endpoints_json(const Stats& stats) {
  auto endpoints = nlohmann::ordered_json::array();
  for (size_t i = 0; i < stats.endpoint_count; ++i) {
    nlohmann::ordered_json& object = endpoints.emplace_back();
    stats.endpoints[i].visit(
        [&](const StatInfo& info, auto value) { object[std::string(info.name)] = value; });
  }
  return endpoints;
}

std::string http_version(const Stats& stats) {
  if (stats.http1_responses != 0 && stats.http2_responses != 0) return "mixed";
  if (stats.http2_responses != 0) return "2";
  return stats.http1_responses != 0 ? "1.1" : "none";
}

bool is_lossless(const Stats& stats) {
  return stats.dropped.total() == 0 && stats.rejected == 0 && stats.in_flight == 0 &&
         stats.recorded == stats.exported;
}

std::string ledger_table(const Stats& stats) {
  std::string text = row("recorded", stats.recorded) + row("exported", stats.exported) +
                     row("rejected", stats.rejected) + row("dropped", stats.dropped.total());
  for (const DropReasonInfo& reason : kDropReasons) {
    const uint64_t count = stats.dropped.*reason.count;
    if (count != 0) text += row("  " + std::string(reason.name), count);
  }
  text += row("in flight", stats.in_flight);
  if (stats.non_recording_no_memory != 0)
    text += row("never recorded", stats.non_recording_no_memory);
  return text;
}

}  // namespace cero::loadgen
