#include <cstdio>
#include <sstream>

#include "demo/result.h"
#include "loadgen/figures.h"
#include "loadgen/ledger.h"

namespace shop::demo {
namespace {

using cero::Stats;
using cero::loadgen::fixed;
using cero::loadgen::grouped;
using cero::loadgen::nanoseconds;
using cero::loadgen::ratio;

std::string columns(const std::string& name, const std::vector<std::string>& cells) {
  char text[160];
  std::snprintf(text, sizeof text, "  %-22s", name.c_str());
  std::string line = text;
  for (const std::string& cell : cells) {
    std::snprintf(text, sizeof text, "%15s", cell.c_str());
    line += text;
  }
  return line + "\n";
}

// One figure of each service and their sum.
template <typename Count>
std::string row(const DemoResult& result, const std::string& name, const Count& count) {
  std::vector<std::string> cells;
  for (const ServiceReport& service : result.services)
    cells.push_back(grouped(count(service.stats)));
  cells.push_back(grouped(count(total_stats(result))));
  return columns(name, cells);
}

std::string ledger(const DemoResult& result) {
  std::vector<std::string> names;
  for (const ServiceReport& service : result.services) names.push_back(service.service);
  names.emplace_back("both");
  std::string text = columns("The ledger", names);
  text.replace(0, 2, "").insert(22, "  ");
  text += row(result, "recorded", [](const Stats& stats) { return stats.recorded; });
  text += row(result, "exported", [](const Stats& stats) { return stats.exported; });
  text += row(result, "rejected", [](const Stats& stats) { return stats.rejected; });
  text += row(result, "dropped", [](const Stats& stats) { return stats.dropped.total(); });
  for (const cero::DropReasonInfo& reason : cero::kDropReasons) {
    text += row(result, "  " + std::string(reason.name),
                [&](const Stats& stats) { return stats.dropped.*reason.count; });
  }
  text += row(result, "in flight", [](const Stats& stats) { return stats.in_flight; });
  if (!result.received) return text + "  The backend is yours: what it holds was not counted.\n";
  text += columns("the receiver holds", {"", "", grouped(result.received->spans)});
  text += columns("  distinct ids", {"", "", grouped(result.received->unique_spans)});
  return text;
}

std::string protocol(const Stats& stats) {
  const std::string version = cero::loadgen::http_version(stats);
  return version == "none" ? "none answered" : "HTTP/" + version;
}

std::string costs(const DemoResult& result) {
  const Stats stats = total_stats(result);
  const auto span_ns = total_span_ns(result);
  const uint64_t clock_cost_ns =
      result.services.empty() ? 0 : result.services.front().clock_cost_ns;
  std::ostringstream out;
  out << "What it cost\n";
  out << "  a span, on the services' threads   p50 " << nanoseconds(span_ns.percentile(50))
      << ", p99 " << nanoseconds(span_ns.percentile(99)) << "\n";
  out << "    (time inside cero's calls, every span; the clock's own " << clock_cost_ns
      << " ns subtracted)\n";
  out << "  a span, on the wire                "
      << fixed(ratio(stats.bytes_wire, stats.exported), 1) << " bytes, gzip from "
      << fixed(ratio(stats.bytes_encoded, stats.exported), 1) << "\n";
  out << "  export requests                    " << grouped(stats.requests) << " over "
      << grouped(stats.connections) << " connections, " << protocol(stats) << "\n";
  return out.str();
}

std::string traffic(const DemoResult& result) {
  std::ostringstream out;
  out << "The shop answered " << grouped(result.traffic.answers()) << " requests in "
      << fixed(result.seconds, 1) << " s:";
  const char* separator = " ";
  for (const auto& [status, count] : result.traffic.answers_by_status) {
    out << separator << grouped(count) << " x " << status;
    separator = ", ";
  }
  return out.str() + "\n";
}

}  // namespace

std::string to_text(const DemoResult& result, const DemoOptions& options) {
  std::string text = traffic(result) + "\n" + ledger(result) + "\n" + costs(result) + "\n";
  const std::vector<std::string> found = problems(result, options);
  for (const std::string& problem : found) text += "NOT AS PROMISED: " + problem + "\n";
  if (!found.empty()) return text;
  if (!result.received) return text + "Every recorded span was accepted by the backend.\n";
  return text + "Every recorded span arrived, each once: nothing dropped, rejected or in flight.\n";
}

}  // namespace shop::demo
