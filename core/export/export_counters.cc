#include "export/export_counters.h"

namespace cero::core {
namespace {

EndpointStats read_endpoint(const EndpointCounters& counters) {
  return {.exported = counters.exported.value(),
          .requests = counters.requests.value(),
          .failures = counters.failures.value(),
          .healthy = counters.healthy.value() != 0};
}

}  // namespace

ExportTotals ExportCounters::read() const {
  // Braces evaluate from left to right.
  ExportTotals totals{.exported = exported.value(),
                      .rejected = rejected.value(),
                      .dropped_retry_expired = dropped_retry_expired.value(),
                      .dropped_permanent_error = dropped_permanent_error.value(),
                      .dropped_after_shutdown = dropped_after_shutdown.value(),
                      .dropped_no_memory = dropped_no_memory.value(),
                      .held = held.value(),
                      .requests = requests.value(),
                      .retries = retries.value(),
                      .bytes_encoded = bytes_encoded.value(),
                      .bytes_wire = bytes_wire.value(),
                      .connections = connections.value(),
                      .http1_responses = http1_responses.value(),
                      .http2_responses = http2_responses.value(),
                      .cpu_ns = cpu_ns.value()};
  for (size_t i = 0; i < endpoints.size(); ++i) totals.endpoints[i] = read_endpoint(endpoints[i]);
  return totals;
}

}  // namespace cero::core
