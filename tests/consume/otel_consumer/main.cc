// A user of the OpenTelemetry API who has only what is installed: one span to a backend that is not
// there. The program notices nothing, cero's ledger does.
#include <cero/otel/propagation.h>
#include <cero/otel/tracer_provider.h>
#include <opentelemetry/trace/provider.h>
#include <opentelemetry/trace/scope.h>

#include <chrono>
#include <cstdio>
#include <memory>

namespace trace = opentelemetry::trace;

int main() {
  // Nothing listens on port 1.
  auto made = cero::otel::TracerProvider::create({
      .resource = {{"service.name", "consumer"}},
      .exporter = {.endpoint = "http://127.0.0.1:1/v1/traces"},
      .log_handler = nullptr,
  });
  if (!made) return std::fprintf(stderr, "%s\n", made.error().message().c_str()), 1;
  const auto provider = *made;
  trace::Provider::SetTracerProvider(std::shared_ptr<trace::TracerProvider>(provider));
  if (!cero::otel::set_global_propagator()) return 1;

  {
    const auto tracer = trace::Provider::GetTracerProvider()->GetTracer("consumer");
    const trace::Scope scope(tracer->StartSpan("work"));
    trace::Tracer::GetCurrentSpan()->SetAttribute("id", 42);
  }

  const bool delivered = provider->Shutdown(std::chrono::milliseconds(100));
  const cero::Stats stats = provider->provider().stats();
  std::printf("recorded %llu, dropped %llu\n", static_cast<unsigned long long>(stats.recorded),
              static_cast<unsigned long long>(stats.dropped.total()));
  return !delivered && stats.recorded == 1 && stats.dropped.total() == 1 ? 0 : 1;
}
