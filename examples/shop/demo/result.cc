#include "demo/result.h"

#include "loadgen/figures.h"
#include "loadgen/ledger.h"

namespace shop::demo {

using cero::Stats;
using cero::loadgen::grouped;

Stats total_stats(const DemoResult& result) {
  Stats sum;
  for (const ServiceReport& service : result.services) sum += service.stats;
  return sum;
}

cero::loadgen::LatencyHistogram total_span_ns(const DemoResult& result) {
  cero::loadgen::LatencyHistogram sum;
  for (const ServiceReport& service : result.services) sum.merge(service.span_ns);
  return sum;
}

std::vector<std::string> problems(const DemoResult& result, const DemoOptions& options) {
  std::vector<std::string> found;
  const Stats stats = total_stats(result);
  const auto expect = [&](uint64_t is, uint64_t should_be, const std::string& what) {
    if (is != should_be)
      found.push_back(what + ": " + grouped(is) + " instead of " + grouped(should_be));
  };
  if (stats.recorded == 0) found.emplace_back("no span was recorded");
  expect(stats.dropped.total(), 0, "spans dropped");
  expect(stats.rejected, 0, "spans rejected by the backend");
  expect(stats.in_flight, 0, "spans still in flight after shutdown");
  expect(stats.exported + stats.rejected + stats.dropped.total() + stats.in_flight, stats.recorded,
         "the ledger does not balance; spans accounted for");
  expect(result.traffic.unanswered, 0, "requests to the shop without an answer");
  if (result.received) {
    expect(result.received->spans, stats.exported, "spans the receiver holds");
    expect(result.received->unique_spans, stats.exported,
           "distinct (trace id, span id) the receiver holds");
    const std::string expected = options.http1 ? "1.1" : "2";
    const std::string negotiated = cero::loadgen::http_version(stats);
    if (negotiated != expected)
      found.push_back("HTTP " + negotiated + " was negotiated instead of " + expected);
  }
  return found;
}

}  // namespace shop::demo
