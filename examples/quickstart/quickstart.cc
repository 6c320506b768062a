#include <cero/cero.h>

#include <cstdio>

int main() {
  // OTEL_* variables say where to; without any: http://localhost:4318/v1/traces.
  auto provider =
      cero::TracerProvider::from_environment({.resource = {{"service.name", "quickstart"}}});
  if (!provider) return std::fprintf(stderr, "%s\n", provider.error().message().c_str()), 1;

  cero::Tracer tracer = provider->get_tracer("quickstart");
  {
    auto span = tracer.start_as_current_span("hello");
    span.set_attribute("answer", 42);
  }
}  // the provider delivers what is left, within Options::shutdown_timeout
