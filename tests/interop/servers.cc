#include "interop/servers.h"

#include <cstdlib>
#include <stdexcept>
#include <string_view>

namespace cero::test {
namespace {

constexpr std::string_view kGrpcService = "/opentelemetry.proto.collector.trace.v1.TraceService/";

std::string at(uint16_t port) { return "127.0.0.1:" + std::to_string(port); }

std::string collector_program() {
  const char* path = std::getenv("CERO_COLLECTOR");
  if (path == nullptr)
    throw std::runtime_error("CERO_COLLECTOR is not set: run ./dev test interop");
  return path;
}

// What a proxy has behind one plain port, one TLS port and one for HTTP/2 in the clear.
Doors proxy_doors() {
  Doors doors{.http1 = free_port(), .h2c = free_port(), .tls = free_port()};
  doors.grpc_h2c = doors.h2c;
  doors.grpc_tls = doors.tls;
  return doors;
}

}  // namespace

Server start_collector(const Scratch& scratch, const std::string& receiver_url) {
  const Doors doors{
      .http1 = free_port(), .tls = free_port(), .grpc_h2c = free_port(), .grpc_tls = free_port()};
  const std::string tls = ", tls: {cert_file: " + scratch.path("cert.pem") +
                          ", key_file: " + scratch.path("key.pem") + "}}";
  const std::string config = scratch.write("collector.yaml", R"(
receivers:
  otlp/plain:
    protocols:
      http: {endpoint: ')" + at(doors.http1) + R"('}
      grpc: {endpoint: ')" + at(doors.grpc_h2c) + R"('}
  otlp/tls:
    protocols:
      http: {endpoint: ')" + at(doors.tls) + "'" + tls + R"(
      grpc: {endpoint: ')" + at(doors.grpc_tls) + "'" + tls + R"(
exporters:
  otlp_http:
    traces_endpoint: )" + receiver_url + R"(
    compression: none
    sending_queue: {enabled: false}
    retry_on_failure: {enabled: false}
service:
  telemetry: {metrics: {level: none}}
  pipelines:
    traces: {receivers: [otlp/plain, otlp/tls], exporters: [otlp_http]}
)");
  return {doors, std::make_unique<ServerProgram>(
                     std::vector<std::string>{collector_program(), "--config", config},
                     "Everything is ready")};
}

Server start_nginx(const Scratch& scratch, const Doors& collector) {
  const Doors doors = proxy_doors();
  std::string temporary;
  for (const char* kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"})
    temporary += std::string("  ") + kind + "_temp_path " + scratch.path(kind) + ";\n";
  const std::string config = scratch.write("nginx.conf", R"(
daemon off;
master_process off;
error_log stderr notice;
pid )" + scratch.path("nginx.pid") + R"(;
events {}
http {
  access_log off;
  client_max_body_size 64m;
)" + temporary + R"(
  server {
    listen )" + at(doors.http1) + R"(;
    listen )" + at(doors.h2c) + R"( http2;
    listen )" + at(doors.tls) + R"( ssl http2;
    ssl_certificate )" + scratch.path("cert.pem") + R"(;
    ssl_certificate_key )" + scratch.path("key.pem") + R"(;
    location / {
      proxy_pass http://)" + at(collector.http1) + R"(;
      proxy_http_version 1.1;
    }
    location )" + std::string(kGrpcService) + R"( {
      grpc_pass grpc://)" + at(collector.grpc_h2c) + R"(;
    }
  }
}
)");
  return {doors,
          std::make_unique<ServerProgram>(
              std::vector<std::string>{"nginx", "-e", "stderr", "-c", config}, "event method")};
}

Server start_nghttpx(const Scratch& scratch, const Doors& collector) {
  // One cleartext port takes HTTP/1.1 and h2c.
  Doors doors = proxy_doors();
  doors.h2c = doors.grpc_h2c = doors.http1;
  const auto port = [](uint16_t number) { return "127.0.0.1," + std::to_string(number); };
  return {doors,
          std::make_unique<ServerProgram>(
              std::vector<std::string>{
                  "nghttpx", "--conf=/dev/null", "--single-process", "--workers=1", "--no-ocsp",
                  "--errorlog-file=/dev/stderr", "--accesslog-file=/dev/null",
                  "--frontend=" + port(doors.http1) + ";no-tls", "--frontend=" + port(doors.tls),
                  "--backend=" + port(collector.grpc_h2c) + ";" + std::string(kGrpcService) +
                      ";proto=h2",
                  "--backend=" + port(collector.http1) + ";/;proto=http/1.1",
                  scratch.path("key.pem"), scratch.path("cert.pem")},
              "Created worker thread")};
}

}  // namespace cero::test
