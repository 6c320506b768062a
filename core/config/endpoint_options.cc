#include "config/endpoint_options.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

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

// How the options of one endpoint are called.
struct Names {
  std::string url;
  std::string headers;

  std::string header(const Header& header) const {
    return headers + "[" + quoted(header.name()) + "]";
  }
};

Names names_of(size_t endpoint) {
  if (endpoint == 0) return {"exporter.endpoint", "exporter.headers"};
  const std::string place = "exporter.more_endpoints[" + std::to_string(endpoint - 1) + "]";
  return {place + ".url", place + ".headers"};
}

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

void check_headers(const std::vector<Header>& headers, const Names& names, Problems& problems) {
  for (size_t i = 0; i < headers.size(); ++i) {
    if (!is_header_name(headers[i].name())) {
      problems.add(names.headers + "[" + std::to_string(i) + "]",
                   "has the name " + quoted(headers[i].name()) +
                       ": use letters, digits and the marks of a header name");
      continue;
    }
    const std::string option = names.header(headers[i]);
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
void complete_grpc_url(Exporter& exporter, const Url& url, const Names& names, Problems& problems) {
  const std::string_view path = std::string_view(exporter.endpoint).substr(url.path_at);
  if (!path.empty() && path != "/" && path != kGrpcTracesPath) {
    problems.add(names.url,
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

void check_grpc(const Exporter& exporter, const Names& names, Problems& problems) {
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
      problems.add(names.header(header), "belongs to gRPC itself: leave it out");
    }
  }
}

void complete_url(Exporter& exporter, const Names& names, Problems& problems) {
  const bool grpc = exporter.protocol == Protocol::grpc;
  if (grpc && exporter.endpoint == Exporter().endpoint) exporter.endpoint = kGrpcEndpointDefault;
  const std::string shown = quoted(without_secrets(exporter.endpoint));
  const Result<Url> url = parse_url(exporter.endpoint);
  if (!url) return problems.add(names.url, "is " + shown + ": " + url.error().message());
  if (exporter.http_version == HttpVersion::h2c && url->https) {
    problems.add("exporter.http_version",
                 "is h2c, but " + names.url + " is " + shown + ": use http2 for https");
  }
  if (exporter.http_version == HttpVersion::http2 && !url->https) {
    problems.add("exporter.http_version", "is http2, but " + names.url + " is " + shown +
                                              ": use h2c for http if the server speaks it");
  }
  if (grpc) {
    complete_grpc_url(exporter, *url, names, problems);
  } else {
    std::string path = exporter.endpoint.substr(url->path_at);
    if (url->path_empty) path.insert(0, url->socket_path.empty() ? "/" : kHttpTracesPath);
    exporter.endpoint = with_path(exporter.endpoint, *url, path);
  }
  if (const auto problem = endpoint_problem(exporter.endpoint)) {
    problems.add(names.url, "is " + shown + ", " + *problem);
  }
}

}  // namespace

std::vector<Exporter> complete_endpoints(const Exporter& exporter, Problems& problems) {
  if (exporter.more_endpoints.size() >= Stats::kEndpointsMax) {
    problems.add("exporter.more_endpoints", "has " + to_text(exporter.more_endpoints.size()) +
                                                " endpoints: name at most " +
                                                to_text(Stats::kEndpointsMax - 1));
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
    const Names names = names_of(i);
    complete_url(endpoint, names, problems);
    check_headers(endpoint.headers, names, problems);
    if (endpoint.protocol == Protocol::grpc) {
      check_grpc(endpoint, names, problems);
    } else if (const auto problem = http_version_problem(endpoint.http_version)) {
      problems.add("exporter.http_version", *problem);
    }
    endpoints.push_back(std::move(endpoint));
  }
  return endpoints;
}

}  // namespace cero::core
