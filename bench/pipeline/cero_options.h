// The provider that a driver's command line asks for.
#ifndef CERO_BENCH_PIPELINE_CERO_OPTIONS_H_
#define CERO_BENCH_PIPELINE_CERO_OPTIONS_H_

#include "cero/cero.h"
#include "driver/options.h"
#include "driver/report.h"

namespace cero::bench {

inline Compression compression_of(const CompressionChoice& choice) {
  if (choice.name == "gzip") return Compression::gzip;
  return choice.name == "zstd" ? Compression::zstd : Compression::none;
}

inline Options provider_options(const DriverOptions& options) {
  Options result;
  // Rings for as many of these spans as the tuned peer's queue takes, 65536.
  result.ring_bytes = uint32_t{16} << 20;
  result.resource = {{"service.name", "bench"}};
  result.exporter.endpoint = options.endpoint;
  result.exporter.ca_certificate_file = options.ca_file;
  result.exporter.compression = compression_of(options.compression);
  result.exporter.compression_level = options.compression.level;
  if (options.queue_spans != 0) result.batch.queue_spans_max = options.queue_spans;
  if (options.batch_spans != 0) result.batch.spans_max = options.batch_spans;
  if (options.holds_back) {
    result.batch.spans_max = 1'000'000;
    result.batch.bytes_max = 64u << 20;
    result.batch.delay_max = std::chrono::hours(1);
  }
  return result;
}

inline Json ledger_json(const Stats& stats) {
  return {{"delivered", stats.exported},
          {"dropped", stats.dropped.total() + stats.rejected},
          {"bytes_encoded", stats.bytes_encoded},
          {"bytes_wire", stats.bytes_wire},
          {"uncompressed_spans", stats.uncompressed_spans},
          {"requests", stats.requests},
          {"retries", stats.retries},
          {"connections", stats.connections},
          {"http2_responses", stats.http2_responses}};
}

}  // namespace cero::bench

#endif  // CERO_BENCH_PIPELINE_CERO_OPTIONS_H_
