#include "service_report.h"

#include <nlohmann/json.hpp>

#include "loadgen/ledger.h"

namespace shop {
std::string to_json(const ServiceReport& report) {
  nlohmann::ordered_json object;
  object["service"] = report.service;
  object.update(cero::loadgen::ledger_json(report.stats));
  object["clock_cost_ns"] = report.clock_cost_ns;
  object["span_ns"] = {{"p50", report.span_ns.percentile(50)},
                       {"p99", report.span_ns.percentile(99)}};
  object["span_ns_buckets"] = report.span_ns.buckets();
  return object.dump();
}

std::optional<ServiceReport> parse_report(std::string_view line) {
  const auto object = nlohmann::json::parse(line, nullptr, false);
  if (!object.is_object()) return std::nullopt;
  try {
    ServiceReport report;
    report.service = object.at("service");
    report.stats = cero::loadgen::parse_ledger(object);
    report.clock_cost_ns = object.at("clock_cost_ns");
    for (const auto& bucket : object.at("span_ns_buckets"))
      report.span_ns.add(bucket.at(0), bucket.at(1));
    return report;
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

}  // namespace shop
