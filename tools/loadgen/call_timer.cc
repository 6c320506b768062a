#include "loadgen/call_timer.h"

#include "loadgen/latency_histogram.h"

namespace cero::loadgen {

uint64_t measure_clock_cost_ns() {
  constexpr int kSections = 20'000;  // about a millisecond, enough to outweigh an interrupt
  LatencyHistogram costs;
  for (int i = 0; i < kSections; ++i) {
    CallTimer timer(true);
    timer.start();
    timer.stop();
    costs.add(timer.nanoseconds(0));
  }
  return costs.percentile(50);
}

}  // namespace cero::loadgen
