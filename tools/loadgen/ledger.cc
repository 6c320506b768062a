#include "loadgen/ledger.h"

#include <cstdio>

#include "loadgen/figures.h"

namespace cero::loadgen {
namespace {

// All but the reasons.
constexpr uint64_t Stats::*kCounts[] = {
    &Stats::recorded,
    &Stats::exported,
    &Stats::rejected,
    &Stats::in_flight,
    &Stats::non_recording_no_memory,
    &Stats::attributes_dropped,
    &Stats::events_dropped,
    &Stats::links_dropped,
    &Stats::negative_durations,
    &Stats::requests,
    &Stats::retries,
    &Stats::bytes_encoded,
    &Stats::bytes_wire,
    &Stats::connections,
    &Stats::http1_responses,
    &Stats::http2_responses,
    &Stats::batch_cpu_ns,
    &Stats::export_cpu_ns,
};

std::string row(std::string_view name, uint64_t count) {
  char text[96];
  std::snprintf(text, sizeof text, "  %-18.*s %15s\n", static_cast<int>(name.size()), name.data(),
                grouped(count).c_str());
  return text;
}

}  // namespace

nlohmann::ordered_json ledger_json(const Stats& stats) {
  nlohmann::ordered_json dropped;
  for (const DropReason& reason : kDropReasons)
    dropped[std::string(reason.name)] = stats.dropped.*reason.count;
  return {{"recorded", stats.recorded},
          {"exported", stats.exported},
          {"rejected", stats.rejected},
          {"dropped", std::move(dropped)},
          {"in_flight", stats.in_flight}};
}

std::string http_version(const Stats& stats) {
  if (stats.http1_responses != 0 && stats.http2_responses != 0) return "mixed";
  if (stats.http2_responses != 0) return "2";
  return stats.http1_responses != 0 ? "1.1" : "none";
}

void add(Stats& sum, const Stats& part) {
  for (const auto count : kCounts) sum.*count += part.*count;
  for (const DropReason& reason : kDropReasons) {
    sum.dropped.*reason.count += part.dropped.*reason.count;
  }
}

bool is_lossless(const Stats& stats) {
  return stats.dropped.total() == 0 && stats.rejected == 0 && stats.in_flight == 0 &&
         stats.recorded == stats.exported;
}

std::string ledger_table(const Stats& stats) {
  std::string text = row("recorded", stats.recorded) + row("exported", stats.exported) +
                     row("rejected", stats.rejected) + row("dropped", stats.dropped.total());
  for (const DropReason& reason : kDropReasons) {
    const uint64_t count = stats.dropped.*reason.count;
    if (count != 0) text += row("  " + std::string(reason.name), count);
  }
  text += row("in flight", stats.in_flight);
  if (stats.non_recording_no_memory != 0)
    text += row("never recorded", stats.non_recording_no_memory);
  return text;
}

}  // namespace cero::loadgen
