// Sends one trace to Mackerel (https://mackerel.io): MACKEREL_API_KEY=... ./mackerel
#include <cero/cero.h>

#include <cstdio>
#include <cstdlib>

int main() {
  const char* api_key = std::getenv("MACKEREL_API_KEY");
  if (api_key == nullptr || *api_key == '\0') {
    std::fputs(
        "mackerel: MACKEREL_API_KEY is not set. Make a key with write permission at\n"
        "  https://mackerel.io/my?tab=apikeys\n"
        "and run: MACKEREL_API_KEY=<key> mackerel\n",
        stderr);
    return 2;
  }

  auto provider = cero::TracerProvider::create({
      .resource = {{"service.name", "acme_service"}, {"service.version", "1.4.2"}},
      .exporter = {.endpoint = "https://otlp-vaxila.mackerelio.com/v1/traces",
                   .headers = {{"Mackerel-Api-Key", api_key}, {"Accept", "*/*"}},
                   .compression = cero::Compression::gzip},
  });
  if (!provider)
    return std::fprintf(stderr, "mackerel: %s\n", provider.error().message().c_str()), 2;

  cero::Tracer tracer = provider->get_tracer("my.tracer.name");
  {
    auto span = tracer.start_as_current_span("awesome_action");
    span.set_attribute("id", 42);
  }

  const auto delivered = provider->shutdown();
  const cero::Stats stats = provider->stats();
  std::printf("mackerel: %llu of %llu spans delivered\n",
              static_cast<unsigned long long>(stats.exported),
              static_cast<unsigned long long>(stats.recorded));
  if (!delivered) std::fprintf(stderr, "mackerel: %s\n", delivered.error().message().c_str());
  return stats.exported == stats.recorded ? 0 : 1;
}
