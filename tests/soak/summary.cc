#include "soak/summary.h"

#include <cinttypes>
#include <cstdio>

namespace cero::soak {

void Summary::add(const std::string& kind, const EpisodeResult& result) {
  add(rows_[kind], result);
  add(total_, result);
}

void Summary::add(Row& row, const EpisodeResult& result) {
  ++row.runs;
  row.failed += result.faults.empty() ? 0 : 1;
  row.spans += result.ended;
  row.exported += result.stats.exported;
  row.rejected += result.stats.rejected;
  row.dropped += result.stats.dropped.total();
  row.requests += result.stats.requests;
  row.faults += result.faults_met;
}

std::string Summary::line(const std::string& name, const Row& row) {
  char text[160];
  std::snprintf(text, sizeof text,
                "%-10s %6" PRIu64 " %7" PRIu64 " %12" PRIu64 " %12" PRIu64 " %9" PRIu64
                " %11" PRIu64 " %9" PRIu64 " %8" PRIu64 "\n",
                name.c_str(), row.runs, row.failed, row.spans, row.exported, row.rejected,
                row.dropped, row.requests, row.faults);
  return text;
}

std::string Summary::table() const {
  std::string text =
      "episodes     runs  failed        spans     exported  rejected     dropped  requests   "
      "faults\n";
  for (const auto& [kind, row] : rows_) text += line(kind, row);
  return text + line("all", total_);
}

}  // namespace cero::soak
