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

TEST(Target, knows_this_machine) {
  for (const char* endpoint :
       {"http://localhost/", "HTTPS://LOCALHOST:4317", "http://localhost.:80/a",
        "http://127.1.2.3:4318/v1/traces", "https://[::1]:4318/v1/traces", "http://localhost?a=b",
        "unix:/run/a.sock:/v1", "unix:///run/a.sock"})
    EXPECT_TRUE(leads_to_this_machine(endpoint)) << endpoint;
  for (const char* endpoint :
       {"http://local/", "http://localhost.example/", "http://[::2]:4318/", "http://126.0.0.1/",
        "http://example/localhost", "localhost", "", "http://[", "http://"})
    EXPECT_FALSE(leads_to_this_machine(endpoint)) << endpoint;
}

}  // namespace
}  // namespace cero::core
