// The threads that make spans.
#ifndef CERO_TOOLS_LOADGEN_PRODUCERS_H_
#define CERO_TOOLS_LOADGEN_PRODUCERS_H_

#include <cstdint>
#include <memory>

#include "cero/tracer_provider.h"
#include "loadgen/latency_histogram.h"
#include "loadgen/options.h"

namespace cero::loadgen {

struct ProducerTotals {
  uint64_t spans = 0;
  uint64_t cpu_ns = 0;
  LatencyHistogram span_ns;
};

// Makes spans at the options' rate until its duration is over or stop() is called.
class Producers {
 public:
  // The threads are ready (their rings mapped) when this returns, and wait for start().
  Producers(TracerProvider& provider, const LoadOptions& options, uint64_t clock_cost_ns);
  ~Producers();

  void start();
  void stop();
  // Waits for the threads.
  ProducerTotals join();

 private:
  class Crew;
  std::unique_ptr<Crew> crew_;
};

}  // namespace cero::loadgen

#endif  // CERO_TOOLS_LOADGEN_PRODUCERS_H_
