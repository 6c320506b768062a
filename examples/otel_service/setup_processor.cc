#include <cero/otel/propagation.h>
#include <cero/otel/span_processor.h>
#include <opentelemetry/sdk/resource/resource.h>
#include <opentelemetry/sdk/trace/tracer_provider.h>
#include <opentelemetry/trace/provider.h>

#include <memory>
#include <stdexcept>
#include <utility>

#include "setup.h"

namespace orders {

namespace sdk = opentelemetry::sdk;

Stop set_up_processor(const std::string& endpoint) {
  const auto resource =
      sdk::resource::Resource::Create({{"service.name", "orders"}, {"service.version", "1.4.2"}});
  auto processor =
      cero::otel::SpanProcessor::create(resource, {.exporter = {.endpoint = endpoint}});
  if (!processor) throw std::runtime_error(processor.error().message());
  auto provider =
      std::make_shared<sdk::trace::TracerProvider>(std::move(processor).value(), resource);
  opentelemetry::trace::Provider::SetTracerProvider(
      std::shared_ptr<opentelemetry::trace::TracerProvider>(provider));

  const auto propagator = cero::otel::set_global_propagator();
  if (!propagator) throw std::runtime_error(propagator.error().message());

  return [provider] { return provider->ForceFlush() && provider->Shutdown(); };
}

}  // namespace orders
