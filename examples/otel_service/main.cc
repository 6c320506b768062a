// otel-service sdk|processor|cero: a service with orders of its own, its spans delivered to
// OTEL_EXPORTER_OTLP_TRACES_ENDPOINT by the SDK, by the SDK through cero's processor, or by cero.
//
// Everything but the setup_*.cc is written against the OpenTelemetry API and the same in all three.
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>

#include "orders.h"
#include "setup.h"

namespace {

orders::Stop set_up(const std::string& way, const std::string& endpoint) {
  if (way == "sdk") return orders::set_up_sdk(endpoint);
  if (way == "processor") return orders::set_up_processor(endpoint);
  if (way == "cero") return orders::set_up_cero(endpoint);
  throw std::runtime_error("usage: otel-service sdk|processor|cero, not '" + way + "'");
}

void take_orders() {
  orders::Orders service;
  httplib::Client client("127.0.0.1", service.port());
  const httplib::Headers headers{
      {"traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"},
      {"tracestate", "vendor=opaque"}};
  for (const char* path : {"/orders/rush", "/orders/declined", "/orders/nothing"}) {
    if (!client.Post(path, headers, "", "text/plain"))
      throw std::runtime_error(std::string("no answer to ") + path);
  }
  if (!client.Post("/orders/plain")) throw std::runtime_error("no answer to /orders/plain");
}

}  // namespace

int main(int argc, char** argv) try {
  const char* endpoint = std::getenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT");
  const orders::Stop stop = set_up(
      argc == 2 ? argv[1] : "", endpoint != nullptr ? endpoint : "http://localhost:4318/v1/traces");
  take_orders();
  if (!stop()) throw std::runtime_error("some spans could not be delivered");
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "otel-service: %s\n", error.what());
  return 1;
}
