// A program for instruction_count.py: records spans, the drain in between outside of what is
// counted.
#include <cstdint>
#include <cstdio>

#include "cero/cero.h"
#include "support/recording_stage.h"

namespace {

constexpr int kSpansAtOnce = 1000;
constexpr int kTimes = 20;

}  // namespace

// The name that valgrind is told to count inside of.
extern "C" [[gnu::noinline]] void counted_spans(cero::Tracer* tracer,
                                                const cero::SpanContext* parent) {
  for (int64_t i = 0; i < kSpansAtOnce; ++i) {
    cero::Span span =
        tracer->start_span("GET /api/items/{id}",
                           {.kind = cero::SpanKind::server,
                            .parent = i % 2 == 0 ? cero::Parent::none() : cero::Parent(*parent)});
    span.set_attribute("http.request.method", "GET");
    span.set_attribute("url.path", "/api/items/12345");
    span.set_attribute("http.response.status_code", 200);
    span.set_attribute("server.address", "shop.example.com");
    span.set_attribute("user.id", i * 7919);
    span.set_status(cero::StatusCode::ok);
  }
}

int main() {
  cero::Options options;
  options.batch.bytes_max = 8u << 20;
  cero::test::RecordingStage stage(options);
  cero::Tracer tracer = stage.tracer("instructions");
  const cero::SpanContext parent(cero::TraceId({1}), cero::SpanId({2}), cero::TraceFlags::kSampled,
                                 true);
  for (int i = 0; i < kTimes; ++i) {
    counted_spans(&tracer, &parent);
    stage.drain_in_place();
  }
  const uint64_t pushed = stage.spans_pushed();
  std::printf("spans %llu\n", static_cast<unsigned long long>(pushed));
  return pushed == uint64_t{kSpansAtOnce} * kTimes ? 0 : 1;
}
