#include <cero/otel/propagation.h>
#include <cero/otel/tracer_provider.h>
#include <opentelemetry/trace/provider.h>

#include <memory>
#include <stdexcept>

#include "setup.h"

namespace orders {

Stop set_up_cero(const std::string& endpoint) {
  auto made = cero::otel::TracerProvider::create(
      {.resource = {{"service.name", "orders"}, {"service.version", "1.4.2"}},
       .exporter = {.endpoint = endpoint}});
  if (!made) throw std::runtime_error(made.error().message());
  const std::shared_ptr<cero::otel::TracerProvider> provider = *made;
  opentelemetry::trace::Provider::SetTracerProvider(
      std::shared_ptr<opentelemetry::trace::TracerProvider>(provider));

  const auto propagator = cero::otel::set_global_propagator();
  if (!propagator) throw std::runtime_error(propagator.error().message());

  return [provider] { return provider->ForceFlush() && provider->Shutdown(); };
}

}  // namespace orders
