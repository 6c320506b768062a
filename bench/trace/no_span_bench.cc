// Question: what does a span cost that nobody wants: one that the sampler refuses (unsampled), and
//           one of a tracer without a provider (disabled)?
// Load:     one thread, five attributes set all the same, no parent.
// Excluded: nothing.
#include "trace/recording.h"

namespace cero::bench {
namespace {

[[gnu::always_inline]] inline void record_root(Tracer& tracer, Varying& varying) {
  Span span = tracer.start_span("GET /api/items/{id}", {.kind = SpanKind::server});
  set_attributes<5>(span, varying);
  span.set_status(StatusCode::ok);
}

void unsampled(benchmark::State& state) {
  test::RecordingStage stage(recording_options(Sampler::always_off()));
  Tracer tracer = stage.tracer("bench");
  Varying varying;
  for (auto _ : state) {
    for (int i = 0; i < kSpansPerBatch; ++i) record_root(tracer, varying);
  }
  report_spans(state);
  if (stage.spans_pushed() != 0) state.SkipWithError("spans were recorded");
}
BENCHMARK(unsampled);

void disabled(benchmark::State& state) {
  Tracer tracer;
  Varying varying;
  for (auto _ : state) {
    for (int i = 0; i < kSpansPerBatch; ++i) {
      benchmark::DoNotOptimize(tracer);
      record_root(tracer, varying);
    }
  }
  report_spans(state);
}
BENCHMARK(disabled);

}  // namespace
}  // namespace cero::bench
