// Question: what does a span cost whose name, kind and three of five attributes were prepared?
// Load:     as span/attributes:5 in span_bench.cc, the same values.
// Excluded: preparing, once per program.
#include "cero/prepared_span.h"
#include "trace/recording.h"

namespace cero::bench {
namespace {

// "one by one" is the span it is compared with: it too is a root each time, since that is what
// start_span() without options makes.
void record_one_by_one(Tracer& tracer, Varying& varying) {
  Span span = tracer.start_span("GET /api/items/{id}", {.kind = SpanKind::server});
  set_attributes<5>(span, varying);
  span.set_status(StatusCode::ok);
}

void one_by_one(benchmark::State& state) {
  Varying varying;
  measure_recording(state, [&](Tracer& tracer) { record_one_by_one(tracer, varying); });
}
BENCHMARK(one_by_one)->Name("span/one_by_one");

void prepared(benchmark::State& state) {
  test::RecordingStage stage(recording_options());
  Tracer tracer = stage.tracer("bench");
  Varying varying;
  auto prepared = tracer.prepare("GET /api/items/{id}",
                                 {.kind = SpanKind::server,
                                  .attributes = {{"http.request.method", "GET"},
                                                 {"http.response.status_code", 200},
                                                 {"server.address", "shop.example.com"}}});
  for (auto _ : state) {
    for (int i = 0; i < kSpansPerBatch; ++i) {
      Span span = prepared.start();
      span.set_attribute("url.path", "/api/items/12345");
      span.set_attribute("user.id", varying.next());
      span.set_status(StatusCode::ok);
    }
    state.PauseTiming();
    stage.drain_in_place();
    state.ResumeTiming();
  }
  report_spans(state);
}
BENCHMARK(prepared)->Name("span/prepared");

}  // namespace
}  // namespace cero::bench
