#include "config/valid_options.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <string>
#include <string_view>
#include <system_error>

#include "compress/zstd_compressor.h"
#include "config/ignoring_case.h"
#include "config/ranges.h"
#include "config/url.h"
#include "http/transport_check.h"

namespace cero::core {
namespace {

constexpr std::string_view kGrpcEndpointDefault = "http://localhost:4317";
constexpr const char* kHttpTracesPath = "/v1/traces";
constexpr std::string_view kGrpcTracesPath =
    "/opentelemetry.proto.collector.trace.v1.TraceService/Export";

std::string to_text(milliseconds value) { return std::to_string(value.count()) + " ms"; }
std::string to_text(std::chrono::seconds value) { return std::to_string(value.count()) + " s"; }
template <typename T>
std::string to_text(T value) {
  return std::to_string(value);
}

std::string quoted(std::string_view text) { return '"' + std::string(text) + '"'; }

class Problems {
 public:
  void add(std::string_view option, std::string_view what) {
    ++count_;
    lines_.append("\n  ").append(option).append(" ").append(what);
  }

  template <typename T>
  void check(std::string_view option, T value, Range<T> range) {
    if (range.contains(value)) return;
    add(option, "is " + to_text(value) + ": choose from " + to_text(range.min) + " to " +
                    to_text(range.max));
  }

  bool empty() const { return count_ == 0; }
  Error error() const {
    return {ErrorCode::invalid_options,
            (count_ == 1 ? "an option is wrong:" : std::to_string(count_) + " options are wrong:") +
                lines_};
  }

 private:
  int count_ = 0;
  std::string lines_;
};

// RFC 9110's token.
bool is_header_name(std::string_view name) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !name.empty() && std::all_of(name.begin(), name.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kMarks.find(c) != std::string_view::npos;
  });
}

// A line break in a value would start a header of its own.
bool is_header_value(std::string_view value) {
  return std::none_of(value.begin(), value.end(), [](char c) {
    return (static_cast<unsigned char>(c) < ' ' && c != '\t') || c == '\x7f';
  });
}

// Those that say how the body is sent.
bool is_set_by_cero(std::string_view name) {
  constexpr std::array<std::string_view, 4> kOurs = {"content-type", "content-encoding",
                                                     "content-length", "transfer-encoding"};
  return std::any_of(kOurs.begin(), kOurs.end(),
                     [&](std::string_view ours) { return equals_ignoring_case(name, ours); });
}

void check_headers(const std::vector<Header>& headers, Problems& problems) {
  for (size_t i = 0; i < headers.size(); ++i) {
    if (!is_header_name(headers[i].name())) {
      problems.add("exporter.headers[" + std::to_string(i) + "]",
                   "has the name " + quoted(headers[i].name()) +
                       ": use letters, digits and the marks of a header name");
      continue;
    }
    const std::string option = "exporter.headers[" + quoted(headers[i].name()) + "]";
    if (is_set_by_cero(headers[i].name())) {
      problems.add(option, "is set by cero: leave it out");
    } else if (!headers[i].value()) {
      problems.add(option,
                   "has a null value: set the variable it comes from, or leave the header out");
    } else if (!is_header_value(*headers[i].value())) {
      problems.add(option,
                   "has a line break or a control character in its value: remove it (a secret read "
                   "from a file often ends in one)");
    }
  }
}

// The endpoint with this path, as the transport reads it (http/target.h).
std::string with_path(const std::string& endpoint, const Url& url, std::string_view path) {
  if (url.socket_path.empty()) return endpoint.substr(0, url.path_at).append(path);
  return std::string("unix:").append(url.socket_path).append(":").append(path);
}

// The endpoint becomes the whole URL, and the HTTP version the one there is for its scheme.
void check_grpc_endpoint(Exporter& exporter, const Url& url, Problems& problems) {
  const std::string_view path = std::string_view(exporter.endpoint).substr(url.path_at);
  if (!path.empty() && path != "/" && path != kGrpcTracesPath) {
    problems.add("exporter.endpoint",
                 "is " + quoted(without_secrets(exporter.endpoint)) +
                     ", but exporter.protocol is grpc, which has a path of its own: remove what "
                     "follows host and port, or choose http_protobuf");
  }
  exporter.endpoint = with_path(exporter.endpoint, url, kGrpcTracesPath);
  if (exporter.http_version == HttpVersion::automatic) {
    exporter.http_version = url.https ? HttpVersion::http2 : HttpVersion::h2c;
  }
}

bool belongs_to_grpc(std::string_view header) {
  constexpr std::string_view kPrefix = "grpc-";
  return equals_ignoring_case(header, "te") ||
         equals_ignoring_case(header.substr(0, kPrefix.size()), kPrefix);
}

void check_grpc(const Exporter& exporter, Problems& problems) {
  if (const auto problem = grpc_problem(exporter.http_version)) {
    problems.add("exporter.protocol", *problem);
  }
  if (exporter.http_version == HttpVersion::http1) {
    problems.add("exporter.http_version",
                 "is http1, but exporter.protocol is grpc, which needs HTTP/2: leave it automatic, "
                 "or choose http_protobuf");
  }
  if (exporter.compression == Compression::zstd) {
    problems.add("exporter.compression",
                 "is zstd, but exporter.protocol is grpc, whose servers do not know it: choose "
                 "gzip, or http_protobuf");
  }
  for (const Header& header : exporter.headers) {
    if (belongs_to_grpc(header.name())) {
      problems.add("exporter.headers[" + quoted(header.name()) + "]",
                   "belongs to gRPC itself: leave it out");
    }
  }
}

void check_endpoint(Exporter& exporter, Problems& problems) {
  const bool grpc = exporter.protocol == Protocol::grpc;
  if (grpc && exporter.endpoint == Exporter().endpoint) exporter.endpoint = kGrpcEndpointDefault;
  const std::string shown = quoted(without_secrets(exporter.endpoint));
  const Result<Url> url = parse_url(exporter.endpoint);
  if (!url) return problems.add("exporter.endpoint", "is " + shown + ": " + url.error().message());
  if (exporter.http_version == HttpVersion::h2c && url->https) {
    problems.add("exporter.http_version",
                 "is h2c, but exporter.endpoint is " + shown + ": use http2 for https");
  }
  if (exporter.http_version == HttpVersion::http2 && !url->https) {
    problems.add("exporter.http_version", "is http2, but exporter.endpoint is " + shown +
                                              ": use h2c for http if the server speaks it");
  }
  if (grpc) {
    check_grpc_endpoint(exporter, *url, problems);
  } else {
    std::string path = exporter.endpoint.substr(url->path_at);
    if (url->path_empty) path.insert(0, url->socket_path.empty() ? "/" : kHttpTracesPath);
    exporter.endpoint = with_path(exporter.endpoint, *url, path);
  }
  if (const auto problem = endpoint_problem(exporter.endpoint)) {
    problems.add("exporter.endpoint", "is " + shown + ", " + *problem);
  }
}

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

void check_exporter(Exporter& exporter, Problems& problems) {
  check_endpoint(exporter, problems);
  check_headers(exporter.headers, problems);
  if (exporter.protocol == Protocol::grpc) {
    check_grpc(exporter, problems);
  } else if (const auto problem = http_version_problem(exporter.http_version)) {
    problems.add("exporter.http_version", *problem);
  }
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
  problems.check("exporter.retry_bytes_max", exporter.retry_bytes_max, kStoreBytesRange);
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

void check_memory(const Options& options, Problems& problems) {
  problems.check("span_bytes_max", options.span_bytes_max, kSpanBytesRange);
  problems.check("ring_bytes", options.ring_bytes, kRingBytesRange);
  if (!std::has_single_bit(options.ring_bytes)) {
    problems.add("ring_bytes", "is " + to_text(options.ring_bytes) + ": choose a power of two");
  }
  problems.check("rings_bytes_max", options.rings_bytes_max, kStoreBytesRange);
  problems.check("open_spans_bytes_max", options.open_spans_bytes_max, kStoreBytesRange);
}

}  // namespace

Result<ValidOptions> validate(Options options) {
  Problems problems;
  check_resource(options.resource, problems);
  if (options.exporter.kind == ExporterKind::otlp) {
    check_exporter(options.exporter, problems);
  } else {
    options.exporter = {.kind = options.exporter.kind,
                        .console_color = options.exporter.console_color};
  }
  if (!options.sampler.valid()) {
    problems.add("sampler", "is " + options.sampler.description() + ": choose ratios from 0 to 1");
  }
  check_batch(options.batch, problems);
  problems.check("shutdown_timeout", options.shutdown_timeout, kTimeoutRange);
  check_memory(options, problems);
  if (!problems.empty()) return problems.error();
  return ValidOptions(std::move(options));
}

}  // namespace cero::core
