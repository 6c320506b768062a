// What a run of the demo has shown, and whether it is as promised.
#ifndef CERO_EXAMPLES_SHOP_DEMO_RESULT_H_
#define CERO_EXAMPLES_SHOP_DEMO_RESULT_H_

#include <optional>
#include <string>
#include <vector>

#include "demo/options.h"
#include "demo/traffic.h"
#include "receiver/counts.h"
#include "service_report.h"

namespace shop::demo {

struct DemoResult {
  double seconds = 0;  // of traffic
  TrafficTotals traffic;
  std::vector<ServiceReport> services;
  std::optional<cero::receiver::Counts> received;  // unset with a backend of the user's own
  std::string sample_trace_id;
};

// The services' sum.
cero::Stats total_stats(const DemoResult& result);
cero::loadgen::LatencyHistogram total_span_ns(const DemoResult& result);

// One sentence for each promise that was not kept; none: all is well.
std::vector<std::string> problems(const DemoResult& result, const DemoOptions& options);

// All figures as JSON.
std::string to_json(const DemoResult& result, const DemoOptions& options);
// All figures for people, 80 columns.
std::string to_text(const DemoResult& result, const DemoOptions& options);

}  // namespace shop::demo

#endif  // CERO_EXAMPLES_SHOP_DEMO_RESULT_H_
