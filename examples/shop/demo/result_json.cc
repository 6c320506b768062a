#include "demo/result.h"
#include "loadgen/figures.h"
#include "loadgen/ledger.h"

namespace shop::demo {
namespace {

nlohmann::ordered_json traffic_json(const TrafficTotals& traffic) {
  nlohmann::ordered_json statuses = nlohmann::ordered_json::object();
  for (const auto& [status, count] : traffic.answers_by_status)
    statuses[std::to_string(status)] = count;
  return {{"answered", traffic.answers()},
          {"unanswered", traffic.unanswered},
          {"by_status", std::move(statuses)}};
}

nlohmann::ordered_json receiver_json(const DemoResult& result) {
  if (!result.received) return nullptr;
  return nlohmann::ordered_json::parse(cero::receiver::to_json(*result.received));
}

nlohmann::ordered_json span_json(const cero::loadgen::LatencyHistogram& span_ns) {
  return {{"p50", span_ns.percentile(50)}, {"p99", span_ns.percentile(99)}};
}

}  // namespace

std::string to_json(const DemoResult& result, const DemoOptions& options) {
  const cero::Stats stats = total_stats(result);
  const std::vector<std::string> found = problems(result, options);
  nlohmann::ordered_json object = cero::loadgen::ledger_json(stats);
  object["receiver"] = receiver_json(result);
  object["span_ns"] = span_json(total_span_ns(result));
  object["bytes_per_span"] = {
      {"encoded", cero::loadgen::ratio(stats.bytes_encoded, stats.exported)},
      {"wire", cero::loadgen::ratio(stats.bytes_wire, stats.exported)}};
  object["http_version"] = cero::loadgen::http_version(stats);
  object["export_requests"] = stats.requests;
  object["connections"] = stats.connections;
  object["seconds"] = result.seconds;
  object["shop_requests"] = traffic_json(result.traffic);
  object["services"] = nlohmann::ordered_json::array();
  for (const ServiceReport& service : result.services) {
    nlohmann::ordered_json entry{{"service", service.service}};
    entry.update(cero::loadgen::ledger_json(service.stats));
    entry["span_ns"] = span_json(service.span_ns);
    object["services"].push_back(std::move(entry));
  }
  object["sample_trace_id"] = result.sample_trace_id;
  object["ok"] = found.empty();
  object["problems"] = found;
  return object.dump(2) + "\n";
}

}  // namespace shop::demo
