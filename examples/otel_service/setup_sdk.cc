#include <opentelemetry/baggage/propagation/baggage_propagator.h>
#include <opentelemetry/context/propagation/composite_propagator.h>
#include <opentelemetry/context/propagation/global_propagator.h>
#include <opentelemetry/exporters/otlp/otlp_http_exporter_factory.h>
#include <opentelemetry/exporters/otlp/otlp_http_exporter_options.h>
#include <opentelemetry/sdk/resource/resource.h>
#include <opentelemetry/sdk/trace/batch_span_processor_factory.h>
#include <opentelemetry/sdk/trace/batch_span_processor_options.h>
#include <opentelemetry/sdk/trace/tracer_provider.h>
#include <opentelemetry/trace/propagation/http_trace_context.h>
#include <opentelemetry/trace/provider.h>

#include <memory>
#include <utility>
#include <vector>

#include "setup.h"

namespace orders {

namespace otlp = opentelemetry::exporter::otlp;
namespace propagation = opentelemetry::context::propagation;
namespace sdk = opentelemetry::sdk;

Stop set_up_sdk(const std::string& endpoint) {
  otlp::OtlpHttpExporterOptions exporter;
  exporter.url = endpoint;
  exporter.content_type = otlp::HttpRequestContentType::kBinary;
  auto processor = sdk::trace::BatchSpanProcessorFactory::Create(
      otlp::OtlpHttpExporterFactory::Create(exporter), sdk::trace::BatchSpanProcessorOptions());
  const auto resource =
      sdk::resource::Resource::Create({{"service.name", "orders"}, {"service.version", "1.4.2"}});
  auto provider = std::make_shared<sdk::trace::TracerProvider>(std::move(processor), resource);
  opentelemetry::trace::Provider::SetTracerProvider(
      std::shared_ptr<opentelemetry::trace::TracerProvider>(provider));

  std::vector<std::unique_ptr<propagation::TextMapPropagator>> propagators;
  propagators.push_back(std::make_unique<opentelemetry::trace::propagation::HttpTraceContext>());
  propagators.push_back(std::make_unique<opentelemetry::baggage::propagation::BaggagePropagator>());
  propagation::GlobalTextMapPropagator::SetGlobalPropagator(
      opentelemetry::nostd::shared_ptr<propagation::TextMapPropagator>(
          new propagation::CompositePropagator(std::move(propagators))));

  return [provider] { return provider->ForceFlush() && provider->Shutdown(); };
}

}  // namespace orders
