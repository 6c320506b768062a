// trace-context-otel: the service for W3C's suite on the OpenTelemetry API, with cero behind it.
#include <cero/otel/propagation.h>
#include <cero/otel/tracer_provider.h>
#include <opentelemetry/context/runtime_context.h>
#include <opentelemetry/trace/scope.h>

#include "callbacks.h"

namespace {

namespace context = opentelemetry::context;
namespace trace = opentelemetry::trace;
using opentelemetry::nostd::string_view;

// Several values of a header are one, joined by commas.
class HeaderCarrier final : public context::propagation::TextMapCarrier {
 public:
  explicit HeaderCarrier(httplib::Headers headers) : headers_(std::move(headers)) {}

  string_view Get(string_view key) const noexcept override {
    std::string& joined = joined_[std::string(key)];
    joined.clear();
    const auto [begin, end] = headers_.equal_range(std::string(key));
    for (auto header = begin; header != end; ++header)
      joined.append(joined.empty() ? "" : ",").append(header->second);
    return joined;
  }
  void Set(string_view key, string_view value) noexcept override {
    headers_.emplace(std::string(key), std::string(value));
  }

  const httplib::Headers& headers() const { return headers_; }

 private:
  httplib::Headers headers_;
  mutable std::map<std::string, std::string> joined_;
};

}  // namespace

int main(int argc, char** argv) {
  auto made = cero::otel::TracerProvider::from_environment(
      {.resource = {{"service.name", "trace-context-otel"}}});
  if (!made) return std::fprintf(stderr, "%s\n", made.error().message().c_str()), 1;
  const auto propagators = cero::otel::set_global_propagator();
  if (!propagators) std::fprintf(stderr, "%s\n", propagators.error().message().c_str());
  const auto tracer = (*made)->GetTracer("trace-context");

  return trace_context::serve(argc, argv, [&](const auto& incoming, const auto& callbacks) {
    const auto propagator = context::propagation::GlobalTextMapPropagator::GetGlobalPropagator();
    context::Context outside;
    trace::StartSpanOptions options;
    options.kind = trace::SpanKind::kServer;
    options.parent = propagator->Extract(HeaderCarrier(incoming), outside);
    const trace::Scope server(tracer->StartSpan("POST /test", options));
    for (const trace_context::Callback& callback : callbacks) {
      trace::StartSpanOptions of_client;
      of_client.kind = trace::SpanKind::kClient;
      const trace::Scope client(tracer->StartSpan("POST", of_client));
      HeaderCarrier outgoing({});
      propagator->Inject(outgoing, context::RuntimeContext::GetCurrent());
      trace_context::send(callback, outgoing.headers());
    }
  });
}
