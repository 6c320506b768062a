// The server span of the comparison by the OpenTelemetry API: the same code whoever is behind it.
#ifndef CERO_BENCH_PEER_API_SPANS_H_
#define CERO_BENCH_PEER_API_SPANS_H_

#include <opentelemetry/trace/span_startoptions.h>
#include <opentelemetry/trace/tracer.h>
#include <opentelemetry/trace/tracer_provider.h>

#include <utility>
#include <vector>

#include "driver/span_content.h"

namespace cero::bench {

inline std::vector<opentelemetry::trace::SpanContext> make_api_parents() {
  namespace trace = opentelemetry::trace;
  std::vector<trace::SpanContext> parents;
  for (const ParentIds& ids : make_parent_ids()) {
    parents.emplace_back(trace::TraceId(ids.trace_id), trace::SpanId(ids.span_id),
                         trace::TraceFlags(trace::TraceFlags::kIsSampled), true);
  }
  return parents;
}

// One thread's spans. The parents are read by all threads.
class ApiSpans {
 public:
  ApiSpans(opentelemetry::trace::TracerProvider& provider,
           const std::vector<opentelemetry::trace::SpanContext>& parents)
      : tracer_(provider.GetTracer("bench")), parents_(parents) {}

  void make() {
    namespace trace = opentelemetry::trace;
    trace::StartSpanOptions options;
    options.kind = trace::SpanKind::kServer;
    const size_t turn = turn_++ % (2 * kParents);
    if (turn % 2 != 0) options.parent = parents_[turn / 2];
    const auto span = tracer_->StartSpan("GET /api/items/{id}", options);
    span->SetAttribute("http.request.method", "GET");
    span->SetAttribute("url.path", "/api/items/12345");
    span->SetAttribute("http.response.status_code", 200);
    span->SetAttribute("server.address", "shop.example.com");
    span->SetAttribute("user.id", varying_.next());
    span->SetStatus(trace::StatusCode::kOk);
    span->End();
  }

 private:
  opentelemetry::nostd::shared_ptr<opentelemetry::trace::Tracer> tracer_;
  const std::vector<opentelemetry::trace::SpanContext>& parents_;
  Varying varying_;
  size_t turn_ = 0;
};

}  // namespace cero::bench

#endif  // CERO_BENCH_PEER_API_SPANS_H_
