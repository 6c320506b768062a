// A plugin for plugin_test.cc: a library with a cero of its own, which the host loads and unloads.
#include "cero/cero.h"

// Whether `spans` spans arrived at the endpoint.
extern "C" [[gnu::visibility("default")]] bool trace_in_plugin(const char* endpoint, int spans) {
  cero::Options options;
  options.exporter.endpoint = endpoint;
  options.log_handler = nullptr;
  auto provider = cero::TracerProvider::create(std::move(options));
  if (!provider) return false;
  cero::Tracer tracer = provider->get_tracer("plugin");
  for (int i = 0; i < spans; ++i) tracer.start_span("in the plugin").end();
  return provider->shutdown() && provider->stats().exported == static_cast<uint64_t>(spans);
}
