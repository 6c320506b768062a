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

#include "compress/isal_compressor.h"
#include "compress/zstd_compressor.h"
#include "config/endpoint_options.h"
#include "config/memory_budget.h"
#include "config/problems.h"

namespace cero::core {
namespace {

// 0 when the file can be read.
int read_errno(const std::string& path) {
  // O_NONBLOCK: a named pipe would wait for somebody who writes.
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return errno;
  struct stat status {};
  const int error = fstat(file, &status) == 0 ? 0 : errno;
  close(file);
  return error == 0 && S_ISDIR(status.st_mode) ? EISDIR : error;
}

void check_file(OptionName option, const std::string& path, Problems& problems) {
  if (path.empty()) return;
  const int error = read_errno(path);
  if (error == 0) return;
  problems.add(option, "is " + in_quotes(path) + ", which cannot be read (" +
                           std::generic_category().message(error) + "): name a readable PEM file");
}

void check_isal(const Exporter& exporter, Problems& problems) {
  if (!has_isal()) {
    problems.add("exporter.gzip_engine",
                 "is isal, and this cero was built without it: choose automatic, or build cero "
                 "where libisal-dev is installed (CMake option CERO_ISAL)");
  }
  if (exporter.compression == Compression::gzip && exporter.compression_level) {
    problems.add("exporter.gzip_engine", "is isal, which has no " +
                                             problems.wording().name("exporter.compression_level") +
                                             ": choose libdeflate, or leave the level unset");
  }
}

void check_compression(const Exporter& exporter, Problems& problems) {
  if (exporter.compression == Compression::zstd && !has_zstd()) {
    problems.add("exporter.compression",
                 "is zstd, and this cero was built without it: choose gzip, or build cero where "
                 "libzstd-dev is installed (CMake option CERO_ZSTD)");
  }
  if (exporter.gzip_engine == GzipEngine::isal) check_isal(exporter, problems);
  if (!exporter.compression_level) return;
  constexpr const OptionRow& kLevel = option("exporter.compression_level");
  const int level = *exporter.compression_level;
  switch (exporter.compression) {
    case Compression::gzip:
      return problems.check(kLevel, level, {1, 12});
    case Compression::zstd:
      return problems.check(kLevel, level, {-7, 12});
    case Compression::none:
      return problems.add("exporter.compression_level",
                          "is " + std::to_string(level) + ", but " +
                              problems.wording().name("exporter.compression") +
                              " is none: choose gzip or zstd, or leave the level unset");
  }
}

void check_exporter(const Exporter& exporter, Problems& problems) {
  const Wording& wording = problems.wording();
  check_compression(exporter, problems);
  check_file("exporter.ca_certificate_file", exporter.ca_certificate_file, problems);
  check_file("exporter.client_certificate_file", exporter.client_certificate_file, problems);
  check_file("exporter.client_key_file", exporter.client_key_file, problems);
  if (!exporter.client_key_file.empty() && exporter.client_certificate_file.empty()) {
    problems.add("exporter.client_key_file",
                 "is " + in_quotes(exporter.client_key_file) + ": name its " +
                     wording.name("exporter.client_certificate_file") + " too");
  }
  if (exporter.retry_delay_initial > exporter.retry_delay_max) {
    problems.add("exporter.retry_delay_initial",
                 "is " +
                     wording.value("exporter.retry_delay_initial", exporter.retry_delay_initial) +
                     ", more than " + wording.name("exporter.retry_delay_max") + ", " +
                     wording.value("exporter.retry_delay_max", exporter.retry_delay_max) +
                     ": lower it or raise the maximum");
  }
}

void check_resource(const std::vector<OwnedAttribute>& resource, Problems& problems) {
  for (size_t i = 0; i < resource.size(); ++i) {
    if (!resource[i].key.empty()) continue;
    problems.add("resource", "[" + std::to_string(i) + "]",
                 "has an empty key: name it, or leave it out");
  }
}

void check_queue(const BatchOptions& batch, Problems& problems) {
  if (!batch.queue_spans_max || batch.spans_max <= *batch.queue_spans_max) return;
  const std::string spans_max = problems.wording().name("batch.spans_max");
  problems.add("batch.queue_spans_max",
               "is " + std::to_string(*batch.queue_spans_max) + ", less than " + spans_max + ", " +
                   std::to_string(batch.spans_max) + ": raise it, or lower " + spans_max);
}

// A number is in its range, and a word is one of its enumeration.
template <typename T>
void check_value(const OptionRow& row, const T& value, Problems& problems) {
  if constexpr (EnumOption<T>) {
    problems.check_word(row, value);
  } else if (row.range.given()) {
    with_number(value, [&](auto number) { problems.check(row, number, row.range); });
  }
}

void check_values(Options& options, Problems& problems) {
  for (const OptionRow& row : kOptions) {
    std::visit([&](const auto* field) { check_value(row, *field, problems); }, row.field(options));
  }
}

}  // namespace

Result<ValidOptions> validate(Options options, const Wording& wording) {
  Problems problems(wording);
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
  check_values(options, problems);
  check_queue(options.batch, problems);
  if (!std::has_single_bit(options.ring_bytes)) {
    problems.add("ring_bytes",
                 "is " + std::to_string(options.ring_bytes) + ": choose a power of two");
  }
  const bool lends_ring_memory =
      options.memory_max && !options.rings_bytes_max && !options.exporter.retry_bytes_max;
  divide_memory(options, problems);
  if (!problems.empty()) return problems.error();
  return ValidOptions(std::move(options), std::move(endpoints), lends_ring_memory, wording);
}

}  // namespace cero::core
