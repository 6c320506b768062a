// Goal: an endpoint as validate() leaves it is taken apart for libcurl.
#include "http/target.h"

#include <gtest/gtest.h>

namespace cero::core {
namespace {

TEST(Target, is_the_url_itself_over_tcp) {
  const Target target = target_of("https://unix:4318/v1/traces");
  EXPECT_EQ(target.url, "https://unix:4318/v1/traces");
  EXPECT_EQ(target.socket_path, "");
}

TEST(Target, is_a_socket_and_a_url_for_its_server) {
  const Target target = target_of("unix:/run/otel.sock:/v1/traces?a=b:c");
  EXPECT_EQ(target.url, "http://localhost/v1/traces?a=b:c");
  EXPECT_EQ(target.socket_path, "/run/otel.sock");
}

TEST(Target, knows_https_in_capitals) {
  EXPECT_TRUE(is_https("https://host/"));
  EXPECT_TRUE(is_https("HTTPS://host/"));
  EXPECT_FALSE(is_https("http://host/"));
  EXPECT_FALSE(is_https("http"));
  EXPECT_FALSE(is_https(""));
}

}  // namespace
}  // namespace cero::core
