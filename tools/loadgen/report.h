// What a run of the load generator ends with.
#ifndef CERO_TOOLS_LOADGEN_REPORT_H_
#define CERO_TOOLS_LOADGEN_REPORT_H_

#include <cstdint>
#include <string>

#include "cero/stats.h"
#include "loadgen/latency_histogram.h"

namespace cero::loadgen {

struct LoadResult {
  Stats stats;
  double seconds = 0;  // from the first span until the last was delivered or given up
  LatencyHistogram span_ns;
  uint64_t clock_cost_ns = 0;  // already subtracted from span_ns
  double producers_cpu_seconds = 0;
  double total_cpu_seconds = 0;
  uint64_t rss_bytes = 0;
};

// One line.
std::string to_json(const LoadResult& result);

// For people, 80 columns.
std::string to_table(const LoadResult& result);

}  // namespace cero::loadgen

#endif  // CERO_TOOLS_LOADGEN_REPORT_H_
