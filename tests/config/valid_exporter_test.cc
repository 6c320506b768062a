// Goal: an exporter that could not work is refused, by the name of what is wrong; one that could is
// left as it was, but for what its protocol decides; secrets are not shown.
// Method: good options with one thing changed.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdio>
#include <fstream>

#include "compress/isal_compressor.h"
#include "compress/zstd_compressor.h"
#include "config/valid_options_harness.h"
#include "http/transport_check.h"

namespace cero::core {
namespace {

Result<ValidOptions> validate_grpc(Exporter exporter) {
  exporter.protocol = Protocol::grpc;
  return validate({.exporter = std::move(exporter)});
}

std::string grpc_problems(Exporter exporter) {
  exporter.protocol = Protocol::grpc;
  return problems({.exporter = std::move(exporter)});
}

constexpr const char* kServicePath = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";

TEST(Validate, gives_grpc_its_own_port_path_and_http_version) {
  if (!grpc_problem(HttpVersion::h2c)) {
    const auto plain = validate_grpc({});
    ASSERT_TRUE(plain) << plain.error().message();
    EXPECT_EQ((*plain)->exporter.endpoint, std::string("http://localhost:4317") + kServicePath);
    EXPECT_EQ((*plain)->exporter.http_version, HttpVersion::h2c);
  }
  const std::string whole = std::string("https://host:1") + kServicePath;
  for (const std::string& endpoint :
       {std::string("https://host:1"), std::string("https://host:1/"), whole}) {
    const auto tls = validate_grpc({.endpoint = endpoint});
    ASSERT_TRUE(tls) << tls.error().message();
    EXPECT_EQ((*tls)->exporter.endpoint, whole);
    EXPECT_EQ((*tls)->exporter.http_version, HttpVersion::http2);
  }
}

TEST(Validate, refuses_what_grpc_cannot_be) {
  for (const char* endpoint : {"https://host/v1/traces", "https://host?key=1", "https://host//"}) {
    EXPECT_MENTIONS(grpc_problems({.endpoint = endpoint}), "exporter.endpoint");
    EXPECT_MENTIONS(grpc_problems({.endpoint = endpoint}), "remove what follows host and port");
  }
  EXPECT_MENTIONS(grpc_problems({.http_version = HttpVersion::http1}), "exporter.http_version");
  EXPECT_MENTIONS(grpc_problems({.http_version = HttpVersion::http1}), "HTTP/2");
  EXPECT_MENTIONS(grpc_problems({.compression = Compression::zstd}),
                  "exporter.compression is zstd");
  EXPECT_MENTIONS(grpc_problems({.compression = Compression::zstd}), "choose gzip");
  EXPECT_EQ(
      grpc_problems(
          {.endpoint = "https://host", .compression = Compression::gzip, .compression_level = 6}),
      "");
}

TEST(Validate, reports_grpc_that_libcurl_breaks_with_all_else) {
  const bool breaks = grpc_problem(HttpVersion::h2c).has_value();
  const std::string message =
      grpc_problems({.endpoint = "http://host/v1/traces", .compression = Compression::zstd});
  EXPECT_MENTIONS(message, "\n  exporter.endpoint is \"http://host/v1/traces\"");
  EXPECT_EQ(contains(message, "\n  exporter.protocol is grpc without TLS, that is h2c"), breaks);
  EXPECT_MENTIONS(message, "\n  exporter.compression is zstd");
  EXPECT_FALSE(contains(message, "exporter.http_version")) << message;
}

TEST(Validate, keeps_headers_out_of_grpc_that_are_its_own) {
  for (const char* name : {"TE", "grpc-timeout", "Grpc-Encoding"}) {
    const std::string said = grpc_problems({.headers = {{name, "hunter2"}}});
    EXPECT_MENTIONS(said, name);
    EXPECT_MENTIONS(said, "leave it out");
    EXPECT_FALSE(contains(said, "hunter2"));
  }
  EXPECT_EQ(grpc_problems(
                {.endpoint = "https://host", .headers = {{"tenant", "a"}, {"x-grpc-web", "b"}}}),
            "");
  EXPECT_EQ(problems({.exporter = {.headers = {{"grpc-timeout", "1S"}}}}), "") << "over HTTP";
}

TEST(Validate, gives_a_unix_socket_the_path_to_ask_for) {
  const auto endpoint = [](const char* text) {
    const auto valid = validate({.exporter = {.endpoint = text}});
    return valid ? (*valid)->exporter.endpoint : valid.error().message();
  };
  EXPECT_EQ(endpoint("unix:///run/otel.sock"), "unix:/run/otel.sock:/v1/traces");
  EXPECT_EQ(endpoint("unix:/run/otel.sock:/a?b"), "unix:/run/otel.sock:/a?b");
  EXPECT_MENTIONS(endpoint("unix:otel.sock"), "its socket has no absolute path");
  EXPECT_MENTIONS(problems({.exporter = {.endpoint = "unix:/run/otel.sock",
                                         .http_version = HttpVersion::http2}}),
                  "exporter.http_version is http2");
  EXPECT_MENTIONS(grpc_problems({.endpoint = "unix:/run/otel.sock:/a"}),
                  "remove what follows host and port");
  if (grpc_problem(HttpVersion::h2c)) return;
  const auto grpc = validate_grpc({.endpoint = "unix:///run/otel.sock"});
  ASSERT_TRUE(grpc) << grpc.error().message();
  EXPECT_EQ((*grpc)->exporter.endpoint, std::string("unix:/run/otel.sock:") + kServicePath);
  EXPECT_EQ((*grpc)->exporter.http_version, HttpVersion::h2c);
}

TEST(Validate, headers_of_the_protocol_are_not_the_users) {
  for (const char* name :
       {"content-type", "Content-Encoding", "CONTENT-LENGTH", "Transfer-Encoding"}) {
    const std::string message = problems({.exporter = {.headers = {{name, "secret"}}}});
    EXPECT_MENTIONS(message, "is set by cero");
    EXPECT_FALSE(contains(message, "secret")) << message;
  }
  EXPECT_EQ(problems({.exporter = {.headers = {{"Content-Language", "x"}}}}), "");
}

TEST(Validate, empty_path_becomes_a_slash_and_nothing_else_changes) {
  const std::pair<const char*, const char*> cases[] = {
      {"http://host", "http://host/"},
      {"https://host:1?x=y", "https://host:1/?x=y"},
      {"http://host/", "http://host/"},
      {"HTTP://Host//v1//traces/", "HTTP://Host//v1//traces/"}};
  for (const auto& [given, expected] : cases) {
    const Result<ValidOptions> result = validate({.exporter = {.endpoint = given}});
    ASSERT_TRUE(result) << result.error().message();
    EXPECT_EQ((*result)->exporter.endpoint, expected);
  }
}

TEST(Validate, http_version_must_suit_the_scheme) {
  auto result = [](const char* endpoint, HttpVersion version) {
    return problems({.exporter = {.endpoint = endpoint, .http_version = version}});
  };
  EXPECT_MENTIONS(result("https://h/", HttpVersion::h2c), "exporter.http_version is h2c");
  EXPECT_MENTIONS(result("http://h/", HttpVersion::http2), "exporter.http_version is http2");
  EXPECT_EQ(result("http://h/", HttpVersion::h2c) == "",
            !http_version_problem(HttpVersion::h2c).has_value());
  EXPECT_EQ(result("https://h/", HttpVersion::http2), "");
  EXPECT_EQ(result("https://h/", HttpVersion::http1), "");
  EXPECT_EQ(result("http://h/", HttpVersion::http1), "");
}

TEST(Validate, headers_must_be_sendable_and_their_values_stay_secret) {
  for (const char* value : {"hunter2\r\nX: y", "hunter2\n", "hun\1ter", "hun\x7fter"}) {
    const std::string message = problems({.exporter = {.headers = {{"Key", value}}}});
    EXPECT_MENTIONS(message, "exporter.headers[\"Key\"]");
    EXPECT_FALSE(contains(message, "hun")) << message;
  }
  EXPECT_MENTIONS(problems({.exporter = {.headers = {{"Key", std::string("hun\0ter", 7)}}}}),
                  "Key");
  for (const char* name : {"", "a b", "a:", "a\n", "h\xc3\xb6"}) {
    const std::string message =
        problems({.exporter = {.headers = {{"ok", "1"}, {name, "secret"}}}});
    EXPECT_MENTIONS(message, "exporter.headers[1]");
    EXPECT_FALSE(contains(message, "secret")) << message;
  }
  EXPECT_EQ(
      problems({.exporter = {.headers = {{"Accept", "*/*"}, {"X-a!", ""}, {"b", "\t\xc3\xa9"}}}}),
      "");
}

// Somebody wrote a header as curl takes it, and base64 ends in '='.
TEST(Validate, a_value_written_into_a_header_name_is_not_shown) {
  const std::string message =
      problems({.exporter = {.headers = {{"Authorization: Basic dXNlcjpwYXNz", "="}}}});
  EXPECT_MENTIONS(message, "exporter.headers[0] has the name \"Authorization\"...: use letters");
  EXPECT_FALSE(contains(message, "Basic")) << message;
}

TEST(Validate, words_that_are_none_are_told) {
  EXPECT_MENTIONS(problems({.exporter = {.kind = static_cast<ExporterKind>(7)}}),
                  "exporter.kind is none of its values: choose one of otlp, console, none");
  EXPECT_MENTIONS(problems({.exporter = {.endpoint_policy = static_cast<EndpointPolicy>(7)}}),
                  "exporter.endpoint_policy is none of its values: choose one of failover");
}

TEST(Validate, a_pipe_in_the_place_of_a_file_holds_nobody_up) {
  const std::string pipe = testing::TempDir() + "cero_valid_options_test.pipe";
  std::remove(pipe.c_str());
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  problems({.exporter = {.ca_certificate_file = pipe}});  // whatever it says of it
  std::remove(pipe.c_str());
}

TEST(Validate, endpoint_secrets_are_not_shown) {
  const std::string message =
      problems({.exporter = {.endpoint = "http://user:secret@host/?token=secret"}});
  EXPECT_MENTIONS(message, "exporter.endpoint is \"http://...@host/?...\"");
  EXPECT_FALSE(contains(message, "secret")) << message;
}

TEST(Validate, zstd_needs_a_build_that_has_it) {
  const std::string message = problems({.exporter = {.compression = Compression::zstd}});
  if (has_zstd()) {
    EXPECT_EQ(message, "");
  } else {
    EXPECT_MENTIONS(message,
                    "exporter.compression is zstd, and this cero was built without it: "
                    "choose gzip, or build cero where libzstd-dev is installed");
  }
}

TEST(Validate, isal_needs_a_build_that_has_it_and_no_level) {
  Exporter exporter{.compression = Compression::gzip, .gzip_engine = GzipEngine::isal};
  const std::string message = problems({.exporter = exporter});
  if (has_isal()) {
    EXPECT_EQ(message, "");
  } else {
    EXPECT_MENTIONS(message,
                    "exporter.gzip_engine is isal, and this cero was built without it: choose "
                    "automatic, or build cero where libisal-dev is installed");
  }
  exporter.compression_level = 6;
  EXPECT_MENTIONS(problems({.exporter = exporter}),
                  "exporter.gzip_engine is isal, which has no exporter.compression_level: choose "
                  "libdeflate, or leave the level unset");
}

TEST(Validate, compression_level_needs_a_compression) {
  EXPECT_MENTIONS(
      problems({.exporter = {.compression_level = 1}}),
      "exporter.compression_level is 1, but exporter.compression is none: choose gzip or zstd");
  EXPECT_EQ(problems({.exporter = {.compression = Compression::gzip, .compression_level = 1}}), "");
}

TEST(Validate, certificate_files_must_be_readable) {
  const std::string readable = testing::TempDir() + "cero_valid_options_test.pem";
  std::ofstream(readable) << "PEM";
  EXPECT_EQ(problems({.exporter = {.ca_certificate_file = readable,
                                   .client_certificate_file = readable,
                                   .client_key_file = readable}}),
            "");
  EXPECT_MENTIONS(problems({.exporter = {.client_key_file = readable}}),
                  "name its exporter.client_certificate_file too");
  std::remove(readable.c_str());
  const std::string message = problems({.exporter = {.ca_certificate_file = readable,
                                                     .client_certificate_file = readable,
                                                     .client_key_file = readable}});
  EXPECT_MENTIONS(message, "3 options are wrong");
  EXPECT_MENTIONS(message, "exporter.ca_certificate_file is \"" + readable +
                               "\", which cannot be read (No such file or directory)");
  EXPECT_MENTIONS(problems({.exporter = {.ca_certificate_file = "/"}}),
                  "exporter.ca_certificate_file is \"/\", which cannot be read (Is a directory)");
}

TEST(Validate, other_exporters_ignore_the_options_of_otlp) {
  for (Exporter exporter : {Exporter(Console{}), Exporter(NoExporter{})}) {
    exporter.endpoint = "nonsense";
    exporter.requests_in_flight_max = 0;
    exporter.compression = Compression::gzip;
    const Result<ValidOptions> result = validate({.exporter = exporter});
    ASSERT_TRUE(result) << result.error().message();
    EXPECT_EQ((*result)->exporter.kind, exporter.kind);
    EXPECT_EQ((*result)->exporter.compression, Compression::none);
    EXPECT_EQ((*result)->exporter.requests_in_flight_max, Exporter().requests_in_flight_max);
    EXPECT_MENTIONS(problems({.exporter = exporter, .span_bytes_max = 1}), "an option is wrong");
  }
}

}  // namespace
}  // namespace cero::core
