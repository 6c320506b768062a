#include "http/protocol_advice.h"

namespace cero::core {

std::string_view protocol_advice(std::string_view text) {
  const auto says = [&](std::string_view words) {
    return text.find(words) != std::string_view::npos;
  };
  // To libcurl, bytes that begin no answer are one of HTTP/0.9.
  if (says("HTTP/0.9")) {
    return "so answers a port of OTLP/gRPC (choose grpc as exporter.protocol, or the port of "
           "OTLP/HTTP, 4318 for most) and one of TLS (write https:// in exporter.endpoint)";
  }
  // nghttp2's words about the first bytes of a server.
  if (says("expected SETTINGS frame")) {
    return "so answers a port of HTTP/1.1 (if it is OTLP/HTTP's, choose http/protobuf as "
           "exporter.protocol; the port of OTLP/gRPC is 4317 for most) and one of TLS (write "
           "https:// in exporter.endpoint)";
  }
  return {};
}

}  // namespace cero::core
