// The parts of a driver's JSON object.
#ifndef CERO_BENCH_DRIVER_REPORT_H_
#define CERO_BENCH_DRIVER_REPORT_H_

#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "loadgen/latency_histogram.h"

namespace cero::bench {

using Json = nlohmann::ordered_json;

Json histogram_json(const loadgen::LatencyHistogram& histogram);

// CPU time from its construction on.
class Usage {
 public:
  Usage();
  // {"total": ..., "<thread name>": ...}. Threads that have ended are in the total alone.
  Json since_start() const;

 private:
  double total_;
  std::map<std::string, double> by_thread_;
};

}  // namespace cero::bench

#endif  // CERO_BENCH_DRIVER_REPORT_H_
