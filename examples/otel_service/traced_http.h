// HTTP calls that carry their trace, by the OpenTelemetry API alone.
#ifndef EXAMPLES_OTEL_SERVICE_TRACED_HTTP_H_
#define EXAMPLES_OTEL_SERVICE_TRACED_HTTP_H_

#include <httplib.h>
#include <opentelemetry/context/propagation/text_map_propagator.h>
#include <opentelemetry/nostd/shared_ptr.h>
#include <opentelemetry/trace/span.h>
#include <opentelemetry/trace/tracer.h>

#include <functional>
#include <map>
#include <string>

namespace orders {

namespace trace = opentelemetry::trace;
using Span = opentelemetry::nostd::shared_ptr<trace::Span>;

opentelemetry::nostd::shared_ptr<trace::Tracer> tracer();

// A request's headers as a carrier. What has several values is given as one, joined by commas.
class HeaderCarrier final : public opentelemetry::context::propagation::TextMapCarrier {
 public:
  explicit HeaderCarrier(httplib::Headers& headers) : headers_(headers) {}

  opentelemetry::nostd::string_view Get(
      opentelemetry::nostd::string_view key) const noexcept override;
  void Set(opentelemetry::nostd::string_view key,
           opentelemetry::nostd::string_view value) noexcept override;

 private:
  httplib::Headers& headers_;
  mutable std::map<std::string, std::string> joined_;  // what Get returned views of
};

// Runs the handler in a server span that is current meanwhile.
httplib::Server::Handler traced(
    const std::string& route,
    const std::function<void(const httplib::Request&, httplib::Response&)>& handler);

// A POST in a client span; the answer's status, 0 without one.
int post(httplib::Client& client, const std::string& path);

}  // namespace orders

#endif  // EXAMPLES_OTEL_SERVICE_TRACED_HTTP_H_
