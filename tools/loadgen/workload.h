// Workload: one thread's traces, recorded through cero's public API.
#ifndef CERO_TOOLS_LOADGEN_WORKLOAD_H_
#define CERO_TOOLS_LOADGEN_WORKLOAD_H_

#include <cstdint>

#include "cero/tracer.h"
#include "cero/tracer_provider.h"
#include "loadgen/call_timer.h"
#include "loadgen/latency_histogram.h"
#include "loadgen/span_content.h"

namespace cero::loadgen {

struct WorkloadOptions {
  uint64_t seed = 1;
  uint32_t attributes = 10;
  uint32_t spans_per_trace = 8;
};

class Workload {
 public:
  Workload(TracerProvider& provider, const WorkloadOptions& options, uint64_t clock_cost_ns);

  // Starts and ends the spans of one trace on the calling thread.
  void record_trace() noexcept;

  uint64_t spans() const { return spans_; }
  // Time inside cero's calls, of 1 span in 64.
  const LatencyHistogram& span_ns() const { return span_ns_; }

 private:
  // A span and, inside it, spans - 1 others.
  void record_tree(uint32_t spans, uint32_t depth) noexcept;
  Tracer& tracer_for(Operation operation) {
    return operation == Operation::query ? database_ : http_;
  }

  Tracer http_;
  Tracer database_;
  WorkloadOptions options_;
  uint64_t clock_cost_ns_;
  ContentGenerator content_;
  uint64_t spans_ = 0;
  LatencyHistogram span_ns_;
};

}  // namespace cero::loadgen

#endif  // CERO_TOOLS_LOADGEN_WORKLOAD_H_
