// What the benches of recording share: batches of spans with nobody draining them meanwhile.
#ifndef CERO_BENCH_TRACE_RECORDING_H_
#define CERO_BENCH_TRACE_RECORDING_H_

#include <benchmark/benchmark.h>

#include "support/recording_stage.h"
#include "support/shop_span.h"

namespace cero::bench {

// Their records fill half a MiB of a ring: below half of it, as in a service whose batch thread
// keeps up, and within a core's second-level cache, as a backlog is that is drained each
// millisecond.
constexpr int kSpansPerBatch = 2048;

inline Options recording_options(Sampler sampler = Sampler::always_on()) {
  Options options;
  options.sampler = std::move(sampler);
  options.batch.spans_max = 4 * kSpansPerBatch;
  options.batch.bytes_max = 16u << 20;
  return options;
}

// Google Benchmark's times are of a batch; this is of a span.
inline void report_spans(benchmark::State& state, int spans_per_iteration = kSpansPerBatch) {
  const double spans = static_cast<double>(state.iterations()) * spans_per_iteration;
  state.counters["seconds/span"] =
      benchmark::Counter(spans, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

// record(tracer) makes one span.
template <typename Record>
void measure_recording(benchmark::State& state, Record record, int batch = kSpansPerBatch) {
  test::RecordingStage stage(recording_options());
  Tracer tracer = stage.tracer("bench");
  for (auto _ : state) {
    for (int i = 0; i < batch; ++i) record(tracer);
    state.PauseTiming();
    stage.drain_in_place();
    state.ResumeTiming();
  }
  report_spans(state, batch);
  const DroppedSpans dropped = stage.producer_totals().dropped;
  state.counters["dropped"] = static_cast<double>(dropped.ring_full + dropped.no_memory);
  const uint64_t expected = static_cast<uint64_t>(state.iterations() * batch);
  if (stage.spans_pushed() < expected) state.SkipWithError("spans were dropped: no cost of theirs");
}

}  // namespace cero::bench

#endif  // CERO_BENCH_TRACE_RECORDING_H_
