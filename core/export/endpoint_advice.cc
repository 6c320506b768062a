#include "export/endpoint_advice.h"

#include <algorithm>

#include "http/target.h"

namespace cero::core {
namespace {

std::string_view path_of(std::string_view url) {
  const size_t scheme_end = url.find("://");
  const size_t authority_at = scheme_end == std::string_view::npos ? 0 : scheme_end + 3;
  const size_t end = std::min(url.find_first_of("?#", authority_at), url.size());
  const size_t path_at = std::min(url.find('/', authority_at), end);
  return url.substr(path_at, end - path_at);
}

std::string option_of(size_t endpoint) {
  return endpoint == 0 ? "exporter.endpoint"
                       : "exporter.more_endpoints[" + std::to_string(endpoint - 1) + "].url";
}

// There is no such resource, or nobody posts to it.
bool is_not_found(int status) { return status == 404 || status == 405; }

std::string path_advice(std::string_view path, const std::string& option) {
  constexpr std::string_view kTwice = "/v1/traces/v1/traces";
  if (path.find(kTwice) != std::string_view::npos) {
    return "The path has /v1/traces twice: leave it out of " + option +
           " (cero adds it to what OTEL_EXPORTER_OTLP_ENDPOINT says)";
  }
  if (path.empty() || path == "/") {
    return "There is no path, and OTLP/HTTP mostly has /v1/traces: write it behind host and port "
           "in " +
           option;
  }
  return "Nothing takes spans there: check host, port (4318 for most) and path of " + option;
}

std::string http_advice(const Completion& completion, const std::string& option,
                        std::string_view url) {
  if (completion.content_type.starts_with("application/grpc") || !completion.grpc.status.empty()) {
    return "A gRPC server answers there: choose grpc as exporter.protocol, or the port of "
           "OTLP/HTTP (4318 for most) in " +
           option;
  }
  return is_not_found(completion.status) ? path_advice(path_of(url), option) : std::string();
}

// A gRPC server answers 200 to whatever it refuses. These are what others say to a path and a
// content type that they do not know.
std::string grpc_advice(const Completion& completion, const std::string& option) {
  // UNIMPLEMENTED, unless it is about an encoding.
  if (completion.grpc.status == "12" &&
      completion.grpc.message.find("ompress") == std::string_view::npos) {
    return "That gRPC server takes no spans: check host and port (4317 for most) of " + option;
  }
  const int status = completion.status;
  const bool is_no_grpc = is_not_found(status) || status == 400 || status == 415 || status == 426;
  if (!completion.grpc.status.empty() || !is_no_grpc) return {};
  return "What answers there is no gRPC server: choose http/protobuf as exporter.protocol, or the "
         "port of OTLP/gRPC (4317 for most) in " +
         option;
}

}  // namespace

std::string wrong_endpoint_advice(const Completion& completion, Protocol protocol, size_t endpoint,
                                  std::string_view url) {
  if (completion.status == 0) return {};
  const std::string whole = target_of(std::string(url)).url;
  const std::string advice = protocol == Protocol::grpc
                                 ? grpc_advice(completion, option_of(endpoint))
                                 : http_advice(completion, option_of(endpoint), whole);
  return advice.empty() ? advice : ". " + advice;
}

}  // namespace cero::core
