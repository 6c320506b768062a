// A user of cero who has only what is installed: one span to a backend that is not there. The
// service notices nothing, the ledger does.
#include <cero/cero.h>

#include <chrono>
#include <cstdio>

int main() {
  // Nothing listens on port 1.
  auto provider = cero::TracerProvider::create({
      .resource = {{"service.name", "consumer"}},
      .exporter = {.endpoint = "http://127.0.0.1:1/v1/traces"},
      .log_handler = nullptr,
  });
  if (!provider) return std::fprintf(stderr, "%s\n", provider.error().message().c_str()), 1;

  cero::Tracer tracer = provider->get_tracer("consumer", CERO_VERSION);
  {
    auto span = tracer.start_as_current_span("work");
    span.set_attribute("id", 42);
    span.add_event("halfway", {{"percent", 50}});
  }

  const bool delivered = provider->shutdown(std::chrono::milliseconds(100)).has_value();
  const cero::Stats stats = provider->stats();
  std::printf("recorded %llu, dropped %llu, in flight %llu\n",
              static_cast<unsigned long long>(stats.recorded),
              static_cast<unsigned long long>(stats.dropped.total()),
              static_cast<unsigned long long>(stats.in_flight));
  return !delivered && stats.recorded == 1 && stats.dropped.total() == 1 ? 0 : 1;
}
