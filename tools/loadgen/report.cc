#include "loadgen/report.h"

#include <sstream>

#include "loadgen/figures.h"
#include "loadgen/ledger.h"

namespace cero::loadgen {
namespace {

double seconds_of(uint64_t nanoseconds) { return static_cast<double>(nanoseconds) / 1e9; }

double spans_per_second(const LoadResult& result) {
  return result.seconds > 0 ? static_cast<double>(result.stats.exported) / result.seconds : 0;
}

}  // namespace

std::string to_json(const LoadResult& result) {
  const Stats& stats = result.stats;
  nlohmann::ordered_json object = ledger_json(stats);
  object["seconds"] = result.seconds;
  object["spans_per_second"] = spans_per_second(result);
  object["span_ns"] = {{"p50", result.span_ns.percentile(50)},
                       {"p90", result.span_ns.percentile(90)},
                       {"p99", result.span_ns.percentile(99)},
                       {"p99.9", result.span_ns.percentile(99.9)},
                       {"max", result.span_ns.max()}};
  object["cpu_seconds"] = {{"producers", result.producers_cpu_seconds},
                           {"batch", seconds_of(stats.batch_cpu_ns)},
                           {"export", seconds_of(stats.export_cpu_ns)},
                           {"total", result.total_cpu_seconds}};
  object["endpoints"] = endpoints_json(stats);
  object["http_version"] = http_version(stats);
  object["rss_bytes"] = result.rss_bytes;
  return object.dump() + "\n";
}

std::string to_table(const LoadResult& result) {
  const Stats& stats = result.stats;
  const LatencyHistogram& span = result.span_ns;
  const std::string version = http_version(stats);
  const std::string protocol = version == "none" ? "none answered" : "HTTP/" + version;
  std::ostringstream out;
  out << ledger_table(stats) << "\n";
  out << "  delivery   " << grouped(static_cast<uint64_t>(spans_per_second(result)))
      << " spans/s over " << fixed(result.seconds, 2) << " s; " << grouped(stats.requests)
      << " requests, " << grouped(stats.connections) << " connections, " << protocol << "\n";
  out << "  bytes      " << fixed(ratio(stats.bytes_encoded, stats.exported), 1)
      << " a span encoded, " << fixed(ratio(stats.bytes_wire, stats.exported), 1)
      << " on the wire\n";
  out << "  a span     p50 " << nanoseconds(span.percentile(50)) << ", p90 "
      << nanoseconds(span.percentile(90)) << ", p99 " << nanoseconds(span.percentile(99))
      << ", p99.9 " << nanoseconds(span.percentile(99.9)) << ", max " << nanoseconds(span.max())
      << "\n";
  out << "             (time inside cero's calls, " << grouped(span.count())
      << " spans timed;\n             the clock's own " << nanoseconds(result.clock_cost_ns)
      << " subtracted)\n";
  out << "  CPU        producers " << fixed(result.producers_cpu_seconds, 2) << " s, batch "
      << fixed(seconds_of(stats.batch_cpu_ns), 2) << " s, export "
      << fixed(seconds_of(stats.export_cpu_ns), 2) << " s, all "
      << fixed(result.total_cpu_seconds, 2) << " s\n";
  out << "  memory     " << mebibytes(result.rss_bytes) << " at most\n";
  return out.str();
}

}  // namespace cero::loadgen
