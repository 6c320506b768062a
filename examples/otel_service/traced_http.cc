#include "traced_http.h"

#include <opentelemetry/context/propagation/global_propagator.h>
#include <opentelemetry/context/runtime_context.h>
#include <opentelemetry/trace/context.h>
#include <opentelemetry/trace/provider.h>
#include <opentelemetry/trace/scope.h>

#include <utility>

namespace orders {

namespace context = opentelemetry::context;
using opentelemetry::nostd::string_view;
using Propagator = context::propagation::GlobalTextMapPropagator;

opentelemetry::nostd::shared_ptr<trace::Tracer> tracer() {
  return trace::Provider::GetTracerProvider()->GetTracer("orders", "1.4.2", "https://schema/1.30");
}

string_view HeaderCarrier::Get(string_view key) const noexcept {
  std::string& joined = joined_[std::string(key)];
  joined.clear();
  const auto [begin, end] = headers_.equal_range(std::string(key));
  for (auto header = begin; header != end; ++header)
    joined.append(joined.empty() ? "" : ",").append(header->second);
  return joined;
}

void HeaderCarrier::Set(string_view key, string_view value) noexcept {
  headers_.emplace(std::string(key), std::string(value));
}

httplib::Server::Handler traced(
    const std::string& route,
    const std::function<void(const httplib::Request&, httplib::Response&)>& handler) {
  return [=](const httplib::Request& request, httplib::Response& response) {
    httplib::Headers headers = request.headers;
    context::Context outside = context::RuntimeContext::GetCurrent();
    trace::StartSpanOptions options;
    options.kind = trace::SpanKind::kServer;
    options.parent = Propagator::GetGlobalPropagator()->Extract(HeaderCarrier(headers), outside);
    const auto span = tracer()->StartSpan(request.method + " " + route,
                                          {{"http.request.method", request.method},
                                           {"http.route", route},
                                           {"url.path", request.path}},
                                          options);
    const trace::Scope scope(span);
    handler(request, response);
    span->SetAttribute("http.response.status_code", response.status);
    if (response.status >= 500) span->SetStatus(trace::StatusCode::kError, "the handler failed");
  };
}

int post(httplib::Client& client, const std::string& path) {
  trace::StartSpanOptions options;
  options.kind = trace::SpanKind::kClient;
  const auto span = tracer()->StartSpan("POST", {{"url.path", path}}, options);
  const trace::Scope scope(span);
  httplib::Headers headers;
  HeaderCarrier carrier(headers);
  Propagator::GetGlobalPropagator()->Inject(carrier, context::RuntimeContext::GetCurrent());
  const auto result = client.Post(path, headers, "", "text/plain");
  const int status = result ? result->status : 0;
  span->SetAttribute("http.response.status_code", status);
  if (status == 0 || status >= 400)
    span->SetStatus(trace::StatusCode::kError, "answered " + std::to_string(status));
  return status;
}

}  // namespace orders
