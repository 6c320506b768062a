#include "driver/report.h"

#include "driver/thread_usage.h"
#include "loadgen/process_usage.h"

namespace cero::bench {

Json histogram_json(const loadgen::LatencyHistogram& histogram) {
  double sum = 0;
  for (const auto& [nanoseconds, count] : histogram.buckets()) {
    sum += static_cast<double>(nanoseconds) * static_cast<double>(count);
  }
  const auto count = static_cast<double>(histogram.count());
  return {{"count", histogram.count()},
          {"mean", count > 0 ? sum / count : 0},
          {"p50", histogram.percentile(50)},
          {"p90", histogram.percentile(90)},
          {"p99", histogram.percentile(99)},
          {"p99.9", histogram.percentile(99.9)},
          {"p99.99", histogram.percentile(99.99)},
          {"max", histogram.max()}};
}

Usage::Usage() : total_(loadgen::process_cpu_seconds()), by_thread_(thread_cpu_seconds()) {}

Json Usage::since_start() const {
  Json seconds;
  seconds["total"] = loadgen::process_cpu_seconds() - total_;
  for (const auto& [name, used] : thread_cpu_seconds()) {
    const auto before = by_thread_.find(name);
    seconds[name] = used - (before == by_thread_.end() ? 0 : before->second);
  }
  return seconds;
}

}  // namespace cero::bench
