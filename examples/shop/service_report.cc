#include "service_report.h"

#include <array>
#include <nlohmann/json.hpp>

#include "loadgen/ledger.h"

namespace shop {
namespace {

using cero::Stats;

struct Counter {
  const char* name;
  uint64_t Stats::*count;
};

// Beside the ledger's own.
constexpr std::array<Counter, 6> kCounters{{
    {"requests", &Stats::requests},
    {"bytes_encoded", &Stats::bytes_encoded},
    {"bytes_wire", &Stats::bytes_wire},
    {"connections", &Stats::connections},
    {"http1_responses", &Stats::http1_responses},
    {"http2_responses", &Stats::http2_responses},
}};

}  // namespace

std::string to_json(const ServiceReport& report) {
  nlohmann::ordered_json object;
  object["service"] = report.service;
  object.update(cero::loadgen::ledger_json(report.stats));
  for (const Counter& counter : kCounters) object[counter.name] = report.stats.*counter.count;
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
    report.stats.recorded = object.at("recorded");
    report.stats.exported = object.at("exported");
    report.stats.rejected = object.at("rejected");
    report.stats.in_flight = object.at("in_flight");
    for (const auto& reason : cero::loadgen::kDropReasons) {
      report.stats.dropped.*reason.count = object.at("dropped").at(std::string(reason.name));
    }
    for (const Counter& counter : kCounters) report.stats.*counter.count = object.at(counter.name);
    report.clock_cost_ns = object.at("clock_cost_ns");
    for (const auto& bucket : object.at("span_ns_buckets"))
      report.span_ns.add(bucket.at(0), bucket.at(1));
    return report;
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

}  // namespace shop
