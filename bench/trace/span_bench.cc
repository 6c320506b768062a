// Question: what does a span cost the thread that records it, from start to end: by its number of
//           attributes, with an event, with a key that is no literal, nested as the current span?
//           And what does it cost to make a context current?
// Load:     one thread; every second span has a remote parent; the ring is drained between batches
//           of spans, outside the timing.
// Excluded: draining, encoding, sending. The machine's other work is not: compare within one run,
//           repetitions interleaved.
#include <string>

#include "trace/recording.h"

namespace cero::bench {
namespace {

template <int kAttributes>
void span(benchmark::State& state) {
  // The largest are four times as large as a span with five.
  constexpr int kBatch = kAttributes == 32 ? kSpansPerBatch / 4 : kSpansPerBatch;
  Varying varying;
  const ParentContexts contexts = make_parents();
  Parents parents(contexts);
  measure_recording(
      state, [&](Tracer& tracer) { record_span<kAttributes>(tracer, varying, parents); }, kBatch);
}
BENCHMARK(span<0>)->Name("span/attributes:0");
BENCHMARK(span<1>)->Name("span/attributes:1");
BENCHMARK(span<5>)->Name("span/attributes:5");
BENCHMARK(span<10>)->Name("span/attributes:10");
BENCHMARK(span<32>)->Name("span/attributes:32");

void span_with_event(benchmark::State& state) {
  Varying varying;
  const ParentContexts contexts = make_parents();
  Parents parents(contexts);
  measure_recording(state, [&](Tracer& tracer) {
    Span span = tracer.start_span("GET /api/items/{id}",
                                  {.kind = SpanKind::server, .parent = parents.next()});
    set_attributes<5>(span, varying);
    span.add_event("cache.miss", {{"cache.name", "items"}});
    span.set_status(StatusCode::ok);
  });
}
BENCHMARK(span_with_event)->Name("span/event");

// A sixth attribute whose key the compiler does not know.
void span_with_runtime_key(benchmark::State& state) {
  Varying varying;
  const ParentContexts contexts = make_parents();
  Parents parents(contexts);
  std::string key = "shop.experiment.checkout";
  measure_recording(state, [&](Tracer& tracer) {
    benchmark::DoNotOptimize(key);
    Span span = tracer.start_span("GET /api/items/{id}",
                                  {.kind = SpanKind::server, .parent = parents.next()});
    set_attributes<5>(span, varying);
    span.set_attribute(key, 7);
    span.set_status(StatusCode::ok);
  });
}
BENCHMARK(span_with_runtime_key)->Name("span/runtime_key");

// Inside one that is current, and itself current while it lasts.
void nested_span(benchmark::State& state) {
  Varying varying;
  test::RecordingStage stage(recording_options());
  Tracer tracer = stage.tracer("bench");
  for (auto _ : state) {
    {
      const ScopedSpan outer = tracer.start_as_current_span("request");
      for (int i = 1; i < kSpansPerBatch; ++i) {
        ScopedSpan inner =
            tracer.start_as_current_span("GET /api/items/{id}", {.kind = SpanKind::server});
        set_attributes<5>(inner, varying);
        inner.set_status(StatusCode::ok);
      }
    }
    state.PauseTiming();
    stage.drain_in_place();
    state.ResumeTiming();
  }
  report_spans(state);
}
BENCHMARK(nested_span)->Name("span/nested_current");

// A scope alone, inside another one.
void scope(benchmark::State& state) {
  const Scope outer(SpanContext(TraceId({1}), SpanId({1}), TraceFlags::kSampled));
  const SpanContext context(TraceId({1}), SpanId({2}), TraceFlags::kSampled);
  for (auto _ : state) const Scope inner(context);
  if (current_context().span_id() != SpanId({1})) state.SkipWithError("the scopes do not nest");
}
BENCHMARK(scope);

}  // namespace
}  // namespace cero::bench
