// What a service knows at its end, as one line of JSON between processes.
#ifndef CERO_EXAMPLES_SHOP_SERVICE_REPORT_H_
#define CERO_EXAMPLES_SHOP_SERVICE_REPORT_H_

#include <cero/stats.h>

#include <optional>
#include <string>
#include <string_view>

#include "loadgen/latency_histogram.h"

namespace shop {

struct ServiceReport {
  std::string service;
  cero::Stats stats;
  cero::loadgen::LatencyHistogram span_ns;
  uint64_t clock_cost_ns = 0;
};

std::string to_json(const ServiceReport& report);
// Nothing when the line is no such report.
std::optional<ServiceReport> parse_report(std::string_view line);

}  // namespace shop

#endif  // CERO_EXAMPLES_SHOP_SERVICE_REPORT_H_
