#include "clients.h"

#include <cero/propagation.h>

#include "line_socket.h"

namespace preforking {

Clients::Clients(const cero::Tracer& tracer, uint16_t port, int count) {
  for (int i = 0; i < count; ++i)
    threads_.emplace_back([this, tracer, port] { run(tracer, port); });
}

void Clients::stop() {
  prepare_to_stop();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void Clients::run(const cero::Tracer& tracer, uint16_t port) {
  while (!stopping_.load()) {
    if (ask(tracer, port)) answers_.fetch_add(1);
  }
}

bool Clients::ask(const cero::Tracer& tracer, uint16_t port) {
  auto span = tracer.start_span("ask", {.kind = cero::SpanKind::client});
  const auto connection = LineSocket::connect(port);
  const bool answered = connection &&
                        connection->write_line(cero::to_traceparent(span.context())) &&
                        connection->read_line();
  if (!answered) span.set_status(cero::StatusCode::error, "no answer");
  return answered;
}

}  // namespace preforking
