// trace-context-native: the service for W3C's suite on cero's own API.
#include <cero/cero.h>

#include <string_view>

#include "callbacks.h"

namespace {

// All values of a header, whatever the case of its name.
std::vector<std::string> values_of(const httplib::Headers& headers, std::string_view name) {
  std::vector<std::string> values;
  const auto [begin, end] = headers.equal_range(std::string(name));
  for (auto header = begin; header != end; ++header) values.push_back(header->second);
  return values;
}

}  // namespace

int main(int argc, char** argv) {
  auto provider = cero::TracerProvider::from_environment(
      {.resource = {{"service.name", "trace-context-native"}}});
  if (!provider) return std::fprintf(stderr, "%s\n", provider.error().message().c_str()), 1;
  const cero::Tracer tracer = provider->get_tracer("trace-context");

  return trace_context::serve(argc, argv, [&](const auto& incoming, const auto& callbacks) {
    const cero::SpanContext parent =
        cero::extract([&](std::string_view name) { return values_of(incoming, name); });
    const auto server = tracer.start_as_current_span(
        "POST /test", {.kind = cero::SpanKind::server, .parent = parent});
    for (const trace_context::Callback& callback : callbacks) {
      const auto client = tracer.start_as_current_span("POST", {.kind = cero::SpanKind::client});
      httplib::Headers outgoing;
      cero::inject([&](std::string_view name, std::string_view value) {
        outgoing.emplace(std::string(name), std::string(value));
      });
      trace_context::send(callback, outgoing);
    }
  });
}
