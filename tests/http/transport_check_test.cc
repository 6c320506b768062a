// Goal: what this libcurl cannot do is known before the first request, without a secret in the
// text. Method: its answers are held against what it says of itself.
#include "http/transport_check.h"

#include <curl/curl.h>
#include <gtest/gtest.h>

namespace cero::core {
namespace {

TEST(TransportCheck, takes_urls_as_people_write_them) {
  for (const char* url : {"http://localhost", "https://example.org/v1/traces",
                          "http://[::1]:4318/a/../b", "https://host:8443/x?y=z"}) {
    EXPECT_EQ(endpoint_problem(url), std::nullopt) << url;
  }
}

TEST(TransportCheck, says_what_is_wrong_with_a_url_and_does_not_repeat_it) {
  for (const char* url :
       {"", "http://", "/hunter2/traces", "http://hunter2:99999/", "http://user:hunter2@ho st/"}) {
    const auto problem = endpoint_problem(url);
    ASSERT_TRUE(problem) << url;
    EXPECT_EQ(problem->find("hunter2"), std::string::npos) << *problem;
  }
}

TEST(TransportCheck, knows_whether_http2_is_built_in) {
  const bool built_in = (curl_version_info(CURLVERSION_NOW)->features & CURL_VERSION_HTTP2) != 0;
  EXPECT_EQ(http_version_problem(HttpVersion::http2).has_value(), !built_in);
  EXPECT_EQ(http_version_problem(HttpVersion::automatic), std::nullopt);
  EXPECT_EQ(http_version_problem(HttpVersion::http1), std::nullopt);
  EXPECT_EQ(grpc_problem(HttpVersion::http2).has_value(), !built_in);
}

TEST(TransportCheck, refuses_h2c_exactly_with_a_libcurl_that_breaks_it) {
  const bool old = curl_version_info(CURLVERSION_NOW)->version_num < 0x080000;
  const auto problem = http_version_problem(HttpVersion::h2c);
  EXPECT_EQ(problem && problem->find("libcurl 8 or newer") != std::string::npos, old);
  const auto grpc = grpc_problem(HttpVersion::h2c);
  EXPECT_EQ(grpc && grpc->ends_with("use libcurl 8 or newer, https"), old);
}

}  // namespace
}  // namespace cero::core
