#include "config/valid_options.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "compress/zstd_compressor.h"
#include "config/endpoint_options.h"
#include "config/memory_budget.h"
#include "config/problems.h"
#include "config/ranges.h"

namespace cero::core {
namespace {

// 0 when the file can be read.
int read_errno(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return errno;
  struct stat status {};
  const int error = fstat(file, &status) == 0 ? 0 : errno;
  close(file);
  return error == 0 && S_ISDIR(status.st_mode) ? EISDIR : error;
}

void check_file(std::string_view option, const std::string& path, Problems& problems) {
  if (path.empty()) return;
  const int error = read_errno(path);
  if (error == 0) return;
  problems.add(option, "is " + quoted(path) + ", which cannot be read (" +
                           std::generic_category().message(error) + "): name a readable PEM file");
}

void check_compression(const Exporter& exporter, Problems& problems) {
  if (exporter.compression == Compression::zstd && !has_zstd()) {
    problems.add("exporter.compression",
                 "is zstd, and this cero was built without it: choose gzip, or build cero where "
                 "libzstd-dev is installed (CMake option CERO_ZSTD)");
  }
  if (!exporter.compression_level) return;
  const int level = *exporter.compression_level;
  switch (exporter.compression) {
    case Compression::gzip:
      return problems.check("exporter.compression_level", level, kGzipLevelRange);
    case Compression::zstd:
      return problems.check("exporter.compression_level", level, kZstdLevelRange);
    case Compression::none:
      return problems.add("exporter.compression_level",
                          "is " + to_text(level) +
                              ", but exporter.compression is none: choose gzip or zstd, or leave "
                              "the level unset");
  }
}

void check_exporter(const Exporter& exporter, Problems& problems) {
  check_compression(exporter, problems);
  check_file("exporter.ca_certificate_file", exporter.ca_certificate_file, problems);
  check_file("exporter.client_certificate_file", exporter.client_certificate_file, problems);
  check_file("exporter.client_key_file", exporter.client_key_file, problems);
  if (!exporter.client_key_file.empty() && exporter.client_certificate_file.empty()) {
    problems.add("exporter.client_key_file", "is " + quoted(exporter.client_key_file) +
                                                 ": name its exporter.client_certificate_file too");
  }
  problems.check("exporter.timeout", exporter.timeout, kTimeoutRange);
  problems.check("exporter.retry_delay_initial", exporter.retry_delay_initial, kRetryDelayRange);
  problems.check("exporter.retry_delay_max", exporter.retry_delay_max, kRetryDelayRange);
  if (exporter.retry_delay_initial > exporter.retry_delay_max) {
    problems.add("exporter.retry_delay_initial", "is " + to_text(exporter.retry_delay_initial) +
                                                     ", more than exporter.retry_delay_max, " +
                                                     to_text(exporter.retry_delay_max) +
                                                     ": lower it or raise the maximum");
  }
  if (exporter.retry_time_max) {
    problems.check("exporter.retry_time_max", *exporter.retry_time_max, kRetryTimeRange);
  }
  problems.check("exporter.requests_in_flight_max", exporter.requests_in_flight_max,
                 kRequestsInFlightRange);
  problems.check("exporter.http2_window_bytes", exporter.http2_window_bytes, kHttp2WindowRange);
  problems.check("exporter.connection_age_max", exporter.connection_age_max, kConnectionAgeRange);
  problems.check("exporter.response_bytes_max", exporter.response_bytes_max, kResponseBytesRange);
}

void check_resource(const std::vector<OwnedAttribute>& resource, Problems& problems) {
  for (size_t i = 0; i < resource.size(); ++i) {
    if (!resource[i].key.empty()) continue;
    problems.add("resource[" + std::to_string(i) + "]",
                 "has an empty key: name it, or leave it out");
  }
}

void check_batch(const BatchOptions& batch, Problems& problems) {
  problems.check("batch.delay_max", batch.delay_max, kBatchDelayRange);
  problems.check("batch.spans_max", batch.spans_max, kBatchSpansRange);
  problems.check("batch.bytes_max", batch.bytes_max, kBatchBytesRange);
  if (!batch.queue_spans_max) return;
  problems.check("batch.queue_spans_max", *batch.queue_spans_max, kQueueSpansRange);
  if (batch.spans_max > *batch.queue_spans_max) {
    problems.add("batch.queue_spans_max",
                 "is " + to_text(*batch.queue_spans_max) + ", less than batch.spans_max, " +
                     to_text(batch.spans_max) + ": raise it, or lower spans_max");
  }
}

void check_span_memory(const Options& options, Problems& problems) {
  problems.check("span_bytes_max", options.span_bytes_max, kSpanBytesRange);
  problems.check("ring_bytes", options.ring_bytes, kRingBytesRange);
  if (!std::has_single_bit(options.ring_bytes)) {
    problems.add("ring_bytes", "is " + to_text(options.ring_bytes) + ": choose a power of two");
  }
}

}  // namespace

Result<ValidOptions> validate(Options options) {
  Problems problems;
  check_resource(options.resource, problems);
  std::vector<Exporter> endpoints;
  if (options.exporter.kind == ExporterKind::otlp) {
    check_exporter(options.exporter, problems);
    endpoints = complete_endpoints(options.exporter, problems);
    if (!endpoints.empty()) {
      options.exporter.endpoint = endpoints[0].endpoint;
      options.exporter.http_version = endpoints[0].http_version;
    }
  } else {
    options.exporter = {.kind = options.exporter.kind,
                        .console_color = options.exporter.console_color};
  }
  if (!options.sampler.valid()) {
    problems.add("sampler", "is " + options.sampler.description() + ": choose ratios from 0 to 1");
  }
  check_batch(options.batch, problems);
  problems.check("shutdown_timeout", options.shutdown_timeout, kTimeoutRange);
  check_span_memory(options, problems);
  divide_memory(options, problems);
  if (!problems.empty()) return problems.error();
  return ValidOptions(std::move(options), std::move(endpoints));
}

}  // namespace cero::core
