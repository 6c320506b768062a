// Goal: addresses as users write them become listeners and URLs; anything else is refused.
#include "receiver/listen_address.h"

#include <gtest/gtest.h>

namespace cero::receiver {
namespace {

TEST(ListenAddress, reads_host_and_port) {
  const auto address = parse_listen_address("127.0.0.1:4318");
  ASSERT_TRUE(address);
  EXPECT_EQ(address->host, "127.0.0.1");
  EXPECT_EQ(address->port, 4318);
}

TEST(ListenAddress, reads_ipv6_in_brackets) {
  const auto address = parse_listen_address("[::1]:0");
  ASSERT_TRUE(address);
  EXPECT_EQ(address->host, "::1");
  EXPECT_EQ(address->port, 0);
}

TEST(ListenAddress, reads_a_unix_socket) {
  const auto address = parse_listen_address("unix:/tmp/otel.sock");
  ASSERT_TRUE(address);
  EXPECT_EQ(address->socket_path, "/tmp/otel.sock");
  EXPECT_FALSE(parse_listen_address("unix:otel.sock"));
  EXPECT_FALSE(parse_listen_address("unix:/"));
}

TEST(ListenAddress, refuses_what_is_not_host_and_port) {
  for (const char* text :
       {"", "localhost", ":4318", "localhost:", "localhost:65536", "localhost:-1", "localhost:80x",
        "::1:80", "[::1]", "http://localhost:80", "[]:80"}) {
    EXPECT_FALSE(parse_listen_address(text)) << text;
  }
}

TEST(ListenAddress, becomes_a_url_with_the_bound_port) {
  EXPECT_EQ(traces_url({.host = "localhost", .tls = true}, 443), "https://localhost:443/v1/traces");
  EXPECT_EQ(traces_url({.host = "::1"}, 80), "http://[::1]:80/v1/traces");
  EXPECT_EQ(traces_url({.socket_path = "/tmp/otel.sock"}, 0), "unix:/tmp/otel.sock");
}

}  // namespace
}  // namespace cero::receiver
