// Goal: a refusal that comes from an endpoint written wrongly says what to write. Method: answers
// made by hand.
#include "export/endpoint_advice.h"

#include <gtest/gtest.h>

#include "export/sender_harness.h"

namespace cero::core {
namespace {

std::string http_advice(int status, std::string_view url, std::string_view content_type = "") {
  return wrong_endpoint_advice({.status = status, .content_type = content_type},
                               Protocol::http_protobuf, 0, url);
}

std::string grpc_advice(int status, std::string_view grpc_status = "",
                        std::string_view grpc_message = "") {
  return wrong_endpoint_advice(
      {.status = status, .grpc = {.status = grpc_status, .message = grpc_message}}, Protocol::grpc,
      0, "http://host:4318/opentelemetry.proto.collector.trace.v1.TraceService/Export");
}

TEST(EndpointAdvice, a_404_at_a_doubled_path_says_so) {
  for (const char* url : {"http://host:4318/v1/traces/v1/traces", "unix:/a:/v1/traces/v1/traces",
                          "https://host/v1/traces/v1/traces?x=1"}) {
    EXPECT_EQ(http_advice(404, url),
              ". The path has /v1/traces twice: leave it out of exporter.endpoint (cero adds it to "
              "what OTEL_EXPORTER_OTLP_ENDPOINT says)")
        << url;
  }
}

TEST(EndpointAdvice, a_404_without_a_path_says_which_one_there_should_be) {
  for (const char* url : {"http://host:4318", "http://host:4318/", "https://host?x=/v1/traces"}) {
    EXPECT_EQ(http_advice(404, url),
              ". There is no path, and OTLP/HTTP mostly has /v1/traces: write it behind host and "
              "port in exporter.endpoint")
        << url;
  }
}

TEST(EndpointAdvice, a_404_or_405_elsewhere_names_what_to_check) {
  for (const int status : {404, 405}) {
    EXPECT_EQ(http_advice(status, "http://host/v1/trace"),
              ". Nothing takes spans there: check host, port (4318 for most) and path of "
              "exporter.endpoint");
  }
}

TEST(EndpointAdvice, another_refusal_is_about_the_request) {
  for (const int status : {0, 400, 401, 403, 413, 415, 500})
    EXPECT_EQ(http_advice(status, "http://host/"), "") << status;
  for (const int status : {0, 401, 403, 413, 500}) EXPECT_EQ(grpc_advice(status), "") << status;
  EXPECT_EQ(grpc_advice(200, "16"), "");
  EXPECT_EQ(grpc_advice(200, "12", "Decompressor is not installed for grpc-encoding"), "");
}

TEST(EndpointAdvice, a_grpc_server_that_is_asked_over_http_says_so) {
  for (const int status : {200, 404, 415}) {
    EXPECT_EQ(http_advice(status, "https://host:4317/v1/traces", "application/grpc"),
              ". A gRPC server answers there: choose grpc as exporter.protocol, or the port of "
              "OTLP/HTTP (4318 for most) in exporter.endpoint");
  }
}

TEST(EndpointAdvice, an_http_server_that_is_asked_over_grpc_says_so) {
  for (const int status : {400, 404, 405, 415, 426}) {
    EXPECT_EQ(grpc_advice(status),
              ". What answers there is no gRPC server: choose http/protobuf as exporter.protocol, "
              "or the port of OTLP/gRPC (4317 for most) in exporter.endpoint");
  }
}

TEST(EndpointAdvice, a_grpc_server_of_something_else_says_so) {
  EXPECT_EQ(grpc_advice(200, "12", "unknown service"),
            ". That gRPC server takes no spans: check host and port (4317 for most) of "
            "exporter.endpoint");
}

TEST(EndpointAdvice, names_the_endpoint_among_several) {
  EXPECT_NE(wrong_endpoint_advice({.status = 404}, Protocol::http_protobuf, 2, "http://host/")
                .find("in exporter.more_endpoints[1].url"),
            std::string::npos);
}

TEST(EndpointAdvice, is_in_the_line_of_a_refusal_with_the_url_and_the_servers_words) {
  test::SenderHarness h({.endpoint = "http://host:4318/v1/traces/v1/traces?key=secret"});
  h.submit(2);
  h.run();
  h.answer(1, {.status = 404, .body = "404 page not found", .content_type = "text/plain"});
  EXPECT_EQ(h.lines,
            std::vector<std::string>{
                "2 spans dropped as permanent_error, the backend at "
                "http://host:4318/v1/traces/v1/traces?... refused them: HTTP 404: 404 page not "
                "found. The path has /v1/traces twice: leave it out of exporter.endpoint (cero "
                "adds it to what OTEL_EXPORTER_OTLP_ENDPOINT says)"});
}

}  // namespace
}  // namespace cero::core
