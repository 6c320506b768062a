// Goal: what libcurl would fail at is found before the first request, named by option, without a
// secret in the text.
#include "http/transport_check.h"

#include <curl/curl.h>
#include <gtest/gtest.h>

#include "http/curl_transport.h"

namespace cero::core {
namespace {

// The problems' sentences, one a line.
std::string problems(const Exporter& options) {
  std::string lines;
  for (const std::string& problem : transport_problems(options)) lines += problem + "\n";
  return lines;
}

bool mentions(const std::string& text, std::string_view what) {
  return text.find(what) != std::string::npos;
}

TEST(TransportCheck, finds_nothing_wrong_with_the_defaults) {
  EXPECT_EQ(problems({}), "");
  EXPECT_TRUE(make_transport({}));
}

TEST(TransportCheck, takes_urls_as_people_write_them) {
  for (const char* url : {"http://localhost", "https://example.org/v1/traces",
                          "http://[::1]:4318/a/../b", "https://user@host:8443/x?y=z"}) {
    EXPECT_EQ(problems({.endpoint = url}), "") << url;
  }
}

TEST(TransportCheck, names_an_endpoint_that_is_no_url) {
  for (const char* url : {"", "localhost:4318", "http://", "/v1/traces", "http://host:99999/",
                          "ftp://host/", "http://ho st/"}) {
    EXPECT_TRUE(mentions(problems({.endpoint = url}), "exporter.endpoint")) << url;
  }
}

TEST(TransportCheck, does_not_repeat_the_url) {
  EXPECT_FALSE(mentions(problems({.endpoint = "ftp://user:hunter2@host/"}), "hunter2"));
  EXPECT_FALSE(mentions(problems({.endpoint = "http://user:hunter2@ho st/"}), "hunter2"));
}

TEST(TransportCheck, matches_the_http_version_with_the_scheme) {
  EXPECT_TRUE(
      mentions(problems({.endpoint = "http://a/", .http_version = HttpVersion::http2}), "h2c"));
  EXPECT_TRUE(
      mentions(problems({.endpoint = "https://a/", .http_version = HttpVersion::h2c}), "http2"));
  EXPECT_EQ(problems({.endpoint = "https://a/", .http_version = HttpVersion::http2}), "");
}

TEST(TransportCheck, refuses_h2c_exactly_with_a_libcurl_that_breaks_it) {
  const bool old = curl_version_info(CURLVERSION_NOW)->version_num < 0x080000;
  const std::string found = problems({.endpoint = "http://a/", .http_version = HttpVersion::h2c});
  EXPECT_EQ(mentions(found, "libcurl 8 or newer"), old);
  const std::string grpc = problems(
      {.endpoint = "http://a/", .protocol = Protocol::grpc, .http_version = HttpVersion::h2c});
  EXPECT_EQ(mentions(grpc, "exporter.protocol is grpc over http://"), old);
  EXPECT_EQ(mentions(grpc, "use libcurl 8 or newer, https, or http_protobuf"), old);
}

TEST(TransportCheck, names_the_option_and_path_of_an_unreadable_file) {
  const std::string found = problems({.ca_certificate_file = "/nonexistent/ca.pem",
                                      .client_certificate_file = "/",
                                      .client_key_file = "/nonexistent/key.pem"});
  EXPECT_TRUE(mentions(
      found, "exporter.ca_certificate_file: cannot read /nonexistent/ca.pem: No such file"));
  EXPECT_TRUE(mentions(found, "exporter.client_certificate_file: cannot read /: Is a directory"));
  EXPECT_TRUE(mentions(found, "exporter.client_key_file: cannot read /nonexistent/key.pem"));
}

TEST(TransportCheck, wants_a_certificate_with_a_key) {
  EXPECT_TRUE(mentions(problems({.client_key_file = "/dev/null"}),
                       "without exporter.client_certificate_file"));
}

TEST(TransportCheck, names_a_bad_header_and_never_its_value) {
  const char* null = nullptr;
  EXPECT_TRUE(mentions(problems({.headers = {{"Api-Key", null}}}),
                       "the value of Api-Key is a null pointer"));
  const std::string injected = problems({.headers = {{"Api-Key", "secret\r\nX: y"}}});
  EXPECT_TRUE(mentions(injected, "Api-Key"));
  EXPECT_FALSE(mentions(injected, "secret"));
  EXPECT_TRUE(mentions(problems({.headers = {{"Api Key", "x"}}}), "no header name"));
  EXPECT_TRUE(mentions(problems({.headers = {{"", "x"}}}), "no header name"));
  EXPECT_TRUE(mentions(problems({.headers = {{"content-type", "x"}}}), "set by cero"));
  EXPECT_EQ(problems({.headers = {{"Accept", "*/*"}, {"X-Empty", ""}, {"X-Tab", "a\tb"}}}), "");
}

TEST(TransportCheck, reports_all_problems_at_once) {
  const auto transport = make_transport({.endpoint = "nowhere",
                                         .headers = {{"Api Key", "x"}},
                                         .ca_certificate_file = "/nonexistent/ca.pem"});
  ASSERT_FALSE(transport);
  EXPECT_EQ(transport.error().code(), ErrorCode::invalid_options);
  EXPECT_TRUE(mentions(transport.error().message(), "exporter.endpoint"));
  EXPECT_TRUE(mentions(transport.error().message(), "exporter.headers"));
  EXPECT_TRUE(mentions(transport.error().message(), "exporter.ca_certificate_file"));
}

}  // namespace
}  // namespace cero::core
