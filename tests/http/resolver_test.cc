// Goal: a name is looked up again when nobody answered at its address. Method: this program's
// getaddrinfo() comes before the C library's, and gives a name of the test's an address after
// another.
#include <dlfcn.h>
#include <gtest/gtest.h>
#include <netdb.h>

#include <atomic>
#include <string_view>

#include "http/transport_client.h"
#include "support/trace_bodies.h"

namespace {

constexpr std::string_view kName = "moves.example";
std::atomic<int> look_ups{0};

}  // namespace

extern "C" int getaddrinfo(const char* name, const char* service, const addrinfo* hints,
                           addrinfo** found) {
  static const auto real =
      reinterpret_cast<decltype(&getaddrinfo)>(dlsym(RTLD_NEXT, "getaddrinfo"));
  if (name == nullptr || name != kName) return real(name, service, hints, found);
  // Nobody listens at the first one.
  return real(look_ups.fetch_add(1) == 0 ? "127.0.0.2" : "127.0.0.1", service, hints, found);
}

namespace cero::core {
namespace {

TEST(Resolver, is_asked_again_by_a_probe_after_a_failed_connect) {
  const auto backend = test::start_receiver();
  std::string url = backend->urls()[0];
  url.replace(url.find("127.0.0.1"), 9, kName);
  test::TransportClient client({.endpoint = url});
  const std::string body = test::TraceBodies(1).next(1);
  EXPECT_EQ(client.send(body).status, 0);
  ASSERT_TRUE(client.transport().start({.token = 1, .body = body, .fresh_connection = true}));
  client.poll_until(2);
  EXPECT_EQ(client.seen.back().status, 200) << client.seen.back().error;
  EXPECT_EQ(client.send(body).status, 200);
  EXPECT_EQ(look_ups, 2);
}

}  // namespace
}  // namespace cero::core
