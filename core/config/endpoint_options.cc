#include "config/endpoint_options.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "base/secrets.h"
#include "cero/stats.h"
#include "config/ignoring_case.h"
#include "config/url.h"
#include "http/transport_check.h"

namespace cero::core {
namespace {

constexpr std::string_view kGrpcEndpointDefault = "http://localhost:4317";
constexpr const char* kHttpTracesPath = "/v1/traces";
constexpr std::string_view kGrpcTracesPath =
    "/opentelemetry.proto.collector.trace.v1.TraceService/Export";

// The options of one endpoint, and where to say what is wrong with them.
class EndpointProblems {
 public:
  EndpointProblems(size_t endpoint, Problems& problems) : endpoint_(endpoint), all_(problems) {}

  void add_to_url(std::string_view what) { all_.add(url_option(), url_part(), what); }
  void add_to_header(const Header& header, std::string_view what) {
    const std::string part = part_of(header);
    add_to_headers(part, part, what);
  }
  // For a header whose name cannot be shown.
  void add_to_header(size_t index, const Header& header, std::string_view what) {
    add_to_headers("[" + std::to_string(index) + "]", part_of(header), what);
  }
  // What is wrong may be an option of all endpoints, too.
  Problems& all() { return all_; }
  const Wording& wording() const { return all_.wording(); }
  std::string url_name() const { return wording().name(url_option(), url_part()); }
  // The URL as its user wrote it, but for its secrets.
  std::string shown_url(const std::string& url) const {
    const std::string_view written = endpoint_ == 0 ? wording().written(url_option()) : "";
    return in_quotes(without_secrets(written.empty() ? url : written));
  }

 private:
  OptionName url_option() const {
    return endpoint_ == 0 ? OptionName("exporter.endpoint") : OptionName("exporter.more_endpoints");
  }
  std::string place() const { return "[" + std::to_string(endpoint_ - 1) + "]"; }
  std::string url_part() const { return endpoint_ == 0 ? "" : place() + ".url"; }
  static std::string part_of(const Header& header) { return "[" + in_quotes(header.name()) + "]"; }
  void add_to_headers(const std::string& part, const std::string& set_as, std::string_view what) {
    if (endpoint_ == 0) return all_.add("exporter.headers", part, set_as, what);
    all_.add("exporter.more_endpoints", place() + ".headers" + part, what);
  }

  const size_t endpoint_;
  Problems& all_;
};

// Of RFC 9110's token.
bool is_in_header_names(char c) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         kMarks.find(c) != std::string_view::npos;
}
bool is_header_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), is_in_header_names);
}
// A name as it may be shown: where somebody wrote "name: value", the value is a secret.
std::string shown_header_name(std::string_view name) {
  const auto end = std::find_if_not(name.begin(), name.end(), is_in_header_names);
  const std::string_view first = name.substr(0, static_cast<size_t>(end - name.begin()));
  return in_quotes(first) + (first.size() < name.size() ? "..." : "");
}

// A line break in a value would start a header of its own.
bool is_header_value(std::string_view value) {
  return std::none_of(value.begin(), value.end(), [](char c) {
    return (static_cast<unsigned char>(c) < ' ' && c != '\t') || c == '\x7f';
  });
}

void check_headers(const std::vector<Header>& headers, EndpointProblems& problems) {
  for (size_t i = 0; i < headers.size(); ++i) {
    const Header& header = headers[i];
    if (!is_header_name(header.name())) {
      problems.add_to_header(i, header,
                             "has the name " + shown_header_name(header.name()) +
                                 ": use letters, digits and the marks of a header name");
    } else if (is_set_by_cero(header.name())) {
      problems.add_to_header(header, "is set by cero: leave it out");
    } else if (!header.value()) {
      problems.add_to_header(
          header, "has a null value: set the variable it comes from, or leave the header out");
    } else if (!is_header_value(*header.value())) {
      problems.add_to_header(header,
                             "has a line break or a control character in its value: remove it (a "
                             "secret read from a file often ends in one)");
    }
  }
}

// The endpoint with this path, as the transport reads it (http/target.h).
std::string with_path(const std::string& endpoint, const Url& url, std::string_view path) {
  if (url.socket_path.empty()) return endpoint.substr(0, url.path_at).append(path);
  return std::string("unix:").append(url.socket_path).append(":").append(path);
}

// The endpoint becomes the whole URL, and the HTTP version the one there is for its scheme.
void complete_grpc_url(Exporter& exporter, const Url& url, EndpointProblems& problems) {
  const std::string_view path = std::string_view(exporter.endpoint).substr(url.path_at);
  if (!path.empty() && path != "/" && path != kGrpcTracesPath) {
    const Wording& wording = problems.wording();
    problems.add_to_url("is " + problems.shown_url(exporter.endpoint) + ", but " +
                        wording.name("exporter.protocol") +
                        " is grpc, which has a path of its own: remove what follows host and port, "
                        "or choose " +
                        wording.value("exporter.protocol", Protocol::http_protobuf));
  }
  exporter.endpoint = with_path(exporter.endpoint, url, kGrpcTracesPath);
  if (exporter.http_version == HttpVersion::automatic) {
    exporter.http_version = url.https ? HttpVersion::http2 : HttpVersion::h2c;
  }
}

void check_grpc(const Exporter& exporter, EndpointProblems& problems) {
  const Wording& wording = problems.wording();
  const std::string protocol = wording.name("exporter.protocol");
  const std::string over_http = wording.value("exporter.protocol", Protocol::http_protobuf);
  if (const auto problem = grpc_problem(exporter.http_version)) {
    problems.all().add("exporter.protocol", *problem + ", or " + over_http);
  }
  if (exporter.http_version == HttpVersion::http1) {
    problems.all().add("exporter.http_version", "is http1, but " + protocol +
                                                    " is grpc, which needs HTTP/2: leave it "
                                                    "automatic, or choose " +
                                                    over_http);
  }
  if (exporter.compression == Compression::zstd) {
    problems.all().add("exporter.compression",
                       "is zstd, but " + protocol +
                           " is grpc, whose servers do not know it: choose gzip, or " + over_http);
  }
  for (const Header& header : exporter.headers) {
    if (belongs_to_grpc(header.name())) {
      problems.add_to_header(header, "belongs to gRPC itself: leave it out");
    }
  }
}

void complete_url(Exporter& exporter, EndpointProblems& problems) {
  const bool grpc = exporter.protocol == Protocol::grpc;
  if (grpc && exporter.endpoint == Exporter().endpoint) exporter.endpoint = kGrpcEndpointDefault;
  const std::string shown = problems.shown_url(exporter.endpoint);
  const Result<Url> url = parse_url(exporter.endpoint);
  if (!url) return problems.add_to_url("is " + shown + ": " + url.error().message());
  if (exporter.http_version == HttpVersion::h2c && url->https) {
    problems.all().add("exporter.http_version", "is h2c, but " + problems.url_name() + " is " +
                                                    shown + ": use http2 for https");
  }
  if (exporter.http_version == HttpVersion::http2 && !url->https) {
    problems.all().add("exporter.http_version", "is http2, but " + problems.url_name() + " is " +
                                                    shown +
                                                    ": use h2c for http if the server speaks it");
  }
  if (grpc) {
    complete_grpc_url(exporter, *url, problems);
  } else {
    std::string path = exporter.endpoint.substr(url->path_at);
    if (url->path_empty) path.insert(0, url->socket_path.empty() ? "/" : kHttpTracesPath);
    exporter.endpoint = with_path(exporter.endpoint, *url, path);
  }
  if (const auto problem = endpoint_problem(exporter.endpoint)) {
    problems.add_to_url("is " + shown + ", " + *problem);
  }
}

}  // namespace

std::string_view unsendable_header(std::string_view name, std::string_view value) {
  if (!is_header_name(name))
    return "its name has something else than letters, digits and the marks of a header name";
  return is_header_value(value) ? "" : "its value has a line break or a control character";
}

bool is_set_by_cero(std::string_view name) {
  constexpr std::array<std::string_view, 4> kOurs = {"content-type", "content-encoding",
                                                     "content-length", "transfer-encoding"};
  return std::any_of(kOurs.begin(), kOurs.end(),
                     [&](std::string_view ours) { return equals_ignoring_case(name, ours); });
}

bool belongs_to_grpc(std::string_view header) {
  constexpr std::string_view kPrefix = "grpc-";
  return equals_ignoring_case(header, "te") ||
         equals_ignoring_case(header.substr(0, kPrefix.size()), kPrefix);
}

std::vector<Exporter> complete_endpoints(const Exporter& exporter, Problems& problems) {
  if (exporter.more_endpoints.size() >= Stats::kEndpointsMax) {
    problems.add("exporter.more_endpoints",
                 "has " + std::to_string(exporter.more_endpoints.size()) +
                     " endpoints: name at most " + std::to_string(Stats::kEndpointsMax - 1));
    return {};
  }
  std::vector<Exporter> endpoints;
  for (size_t i = 0; i <= exporter.more_endpoints.size(); ++i) {
    Exporter endpoint = exporter;
    endpoint.more_endpoints.clear();
    if (i > 0) {
      endpoint.endpoint = exporter.more_endpoints[i - 1].url;
      endpoint.headers = exporter.more_endpoints[i - 1].headers;
    }
    EndpointProblems its_problems(i, problems);
    complete_url(endpoint, its_problems);
    check_headers(endpoint.headers, its_problems);
    if (endpoint.protocol == Protocol::grpc) {
      check_grpc(endpoint, its_problems);
    } else if (const auto problem = http_version_problem(endpoint.http_version)) {
      problems.add("exporter.http_version", *problem);
    }
    endpoints.push_back(std::move(endpoint));
  }
  return endpoints;
}

}  // namespace cero::core
