#include "worker.h"

#include <cero/propagation.h>

#include <array>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace preforking {

Worker::Worker(const cero::Tracer& tracer)
    : tracer_(tracer),
      request_(tracer.prepare("greet", {.kind = cero::SpanKind::server,
                                        .attributes = {{"server.address", "localhost"}}})) {}

void Worker::serve(const LineSocket& listener, const ServerOptions& options) const {
  std::atomic<int> requests_left = options.requests;
  std::vector<std::thread> others;
  for (int i = 1; i < options.threads; ++i)
    others.emplace_back([&] { serve_some(listener, requests_left); });
  serve_some(listener, requests_left);
  for (std::thread& other : others) other.join();
}

void Worker::serve_some(const LineSocket& listener, std::atomic<int>& requests_left) const {
  while (requests_left.fetch_sub(1) > 0) {
    if (const auto connection = listener.accept()) serve_one(*connection);
  }
}

// A request is the caller's traceparent, the answer a greeting.
void Worker::serve_one(const LineSocket& connection) const {
  const std::optional<std::string> request = connection.read_line();
  if (!request) return;
  const std::array<std::string_view, 1> traceparents{*request};
  const cero::SpanContext caller = cero::from_headers(traceparents, {});
  auto span = request_.start_as_current(caller);
  {
    auto lookup = tracer_.start_as_current_span("look up");
    lookup.set_attribute("db.system.name", "memory");
  }
  if (!connection.write_line("hello"))
    span.set_status(cero::StatusCode::error, "the caller has gone");
}

}  // namespace preforking
