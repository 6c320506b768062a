// ApiFixture: a program's side of the OpenTelemetry API, with cero behind it and the project's
// receiver at the end.
#ifndef CERO_TESTS_OTEL_API_FIXTURE_H_
#define CERO_TESTS_OTEL_API_FIXTURE_H_

#include <gtest/gtest.h>
#include <opentelemetry/trace/provider.h>
#include <opentelemetry/trace/scope.h>
#include <opentelemetry/trace/tracer.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "cero/otel/tracer_provider.h"
#include "otlp/trace.pb.h"
#include "pipeline/backend.h"

namespace cero::test {

namespace api = opentelemetry;
namespace trace_api = opentelemetry::trace;
using SpanPointer = api::nostd::shared_ptr<trace_api::Span>;
using TracerPointer = api::nostd::shared_ptr<trace_api::Tracer>;
using Values =
    std::initializer_list<std::pair<api::nostd::string_view, api::common::AttributeValue>>;

template <typename Id>
std::string bytes_of(const Id& id) {
  return {reinterpret_cast<const char*>(id.Id().data()), Id::kSize};
}

// A remote, sampled context that is nobody's but the test's.
inline trace_api::SpanContext remote_context(uint8_t flags = trace_api::TraceFlags::kIsSampled) {
  const std::array<uint8_t, 16> trace_id{0xaa, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  const std::array<uint8_t, 8> span_id{0xbb, 1, 2, 3, 4, 5, 6, 7};
  return {trace_api::TraceId(trace_id), trace_api::SpanId(span_id), trace_api::TraceFlags(flags),
          true};
}

class ApiFixture : public testing::Test {
 protected:
  ApiFixture() { begin({}); }

  // A new provider with these options.
  void begin(Options options) {
    options.exporter = backend_.exporter();
    auto made = otel::TracerProvider::create(std::move(options));
    if (!made) throw std::runtime_error(made.error().message());
    provider_ = *made;
    tracer_ = provider_->GetTracer("tests", "1.0");
  }

  otel::TracerProvider& provider() { return *provider_; }
  void destroy_provider() { provider_.reset(); }
  trace_api::Tracer& tracer() { return *tracer_; }
  const TracerPointer& tracer_pointer() const { return tracer_; }

  // What the receiver has got once all that ended is delivered, by the spans' names, which a test
  // keeps unique.
  std::map<std::string, otlp::Span> received() {
    if (provider_ != nullptr) {
      EXPECT_TRUE(provider_->ForceFlush());
      expect_balance(provider_->provider().stats());
    }
    for (const auto& request : backend_.receiver().take_requests()) {
      otlp::ExportTraceServiceRequest message;
      EXPECT_TRUE(message.ParseFromString(request.request.body));
      for (const auto& resource_spans : message.resource_spans()) {
        for (const auto& scope_spans : resource_spans.scope_spans()) {
          scopes_.push_back(scope_spans.scope());
          for (const auto& span : scope_spans.spans())
            EXPECT_TRUE(received_.emplace(span.name(), span).second) << span.name();
        }
      }
    }
    return received_;
  }
  otlp::Span received(const std::string& name) {
    const auto all = received();
    const auto found = all.find(name);
    EXPECT_NE(found, all.end()) << "no span " << name;
    return found == all.end() ? otlp::Span() : found->second;
  }
  const std::vector<otlp::InstrumentationScope>& scopes() const { return scopes_; }

 private:
  DirectBackend backend_{Route::http1_plain};
  std::shared_ptr<otel::TracerProvider> provider_;
  TracerPointer tracer_;
  std::map<std::string, otlp::Span> received_;
  std::vector<otlp::InstrumentationScope> scopes_;
};

// Of a span, an event or a link.
template <typename Message>
std::map<std::string, otlp::AnyValue> attributes_of(const Message& message) {
  std::map<std::string, otlp::AnyValue> values;
  for (const auto& attribute : message.attributes())
    EXPECT_TRUE(values.emplace(attribute.key(), attribute.value()).second) << attribute.key();
  return values;
}

}  // namespace cero::test

#endif  // CERO_TESTS_OTEL_API_FIXTURE_H_
