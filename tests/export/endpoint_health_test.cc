// Goal: an outage begins, is probed and ends when it should, and no Retry-After is cut short.
// Method: times that are made up; waits are held against the policy with its jitter of 20 %.
#include "export/endpoint_health.h"

#include <gtest/gtest.h>

namespace cero::core {
namespace {

using namespace std::chrono_literals;

constexpr RetryPolicy kPolicy{1'000ms, 30'000ms};
constexpr TimePoint kStart{std::chrono::hours(1)};

EndpointHealth healthy_endpoint() { return {kPolicy, /*seed=*/1}; }

TEST(EndpointHealth, is_healthy_and_open_until_something_fails) {
  EndpointHealth health = healthy_endpoint();
  EXPECT_TRUE(health.healthy());
  EXPECT_LE(health.opens_at(), kStart);
  EXPECT_EQ(health.succeeded(kStart + 5s), std::nullopt);
}

TEST(EndpointHealth, waits_longer_after_each_failed_probe) {
  EndpointHealth health = healthy_endpoint();
  TimePoint now = kStart;
  std::chrono::nanoseconds expected = 1s;
  health.failed(now, /*probe=*/false, {});
  for (int probes = 0; probes < 5; ++probes) {
    EXPECT_FALSE(health.healthy());
    EXPECT_GE(health.opens_at(), now + expected * 8 / 10);
    EXPECT_LE(health.opens_at(), now + expected * 12 / 10);
    now = health.opens_at();
    health.failed(now, /*probe=*/true, {});
    expected = expected * 3 / 2;
  }
}

TEST(EndpointHealth, learns_nothing_from_what_began_before_the_outage) {
  EndpointHealth health = healthy_endpoint();
  health.failed(kStart, /*probe=*/false, {});
  const TimePoint opens_at = health.opens_at();
  for (int i = 0; i < 10; ++i) health.failed(kStart + 100ms, /*probe=*/false, {});
  EXPECT_EQ(health.opens_at(), opens_at);
}

TEST(EndpointHealth, says_how_long_the_outage_was_and_starts_anew) {
  EndpointHealth health = healthy_endpoint();
  health.failed(kStart, /*probe=*/false, {});
  EXPECT_EQ(health.succeeded(kStart + 7s), 7s);
  EXPECT_TRUE(health.healthy());
  health.failed(kStart + 8s, /*probe=*/false, {});
  EXPECT_LE(health.opens_at(), kStart + 8s + 1'200ms) << "as after a first failure";
}

TEST(EndpointHealth, keeps_a_retry_after_in_either_state) {
  EndpointHealth health = healthy_endpoint();
  health.failed(kStart, /*probe=*/false, AskedDelay{60s});
  EXPECT_EQ(health.opens_at(), kStart + 60s);
  health.skip_backoff(kStart + 1s);
  EXPECT_EQ(health.opens_at(), kStart + 60s);
  static_cast<void>(health.succeeded(kStart + 2s));
  EXPECT_TRUE(health.healthy());
  EXPECT_EQ(health.opens_at(), kStart + 60s);
}

TEST(EndpointHealth, skips_a_backoff_when_told_to) {
  EndpointHealth health = healthy_endpoint();
  health.failed(kStart, /*probe=*/false, {});
  health.skip_backoff(kStart + 1ms);
  EXPECT_EQ(health.opens_at(), kStart + 1ms);
}

}  // namespace
}  // namespace cero::core
