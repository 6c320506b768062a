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

void fail_batches(EndpointHealth& health, TimePoint now, uint64_t first, uint64_t last) {
  for (uint64_t batch = first; batch <= last; ++batch) health.failed(now, {.batch = batch});
}

EndpointHealth endpoint_in_outage() {
  EndpointHealth health = healthy_endpoint();
  fail_batches(health, kStart, 1, EndpointHealth::kOutageBatches);
  return health;
}

TEST(EndpointHealth, is_healthy_and_open_until_something_fails) {
  EndpointHealth health = healthy_endpoint();
  EXPECT_TRUE(health.healthy());
  EXPECT_LE(health.opens_at(), kStart);
  EXPECT_EQ(health.succeeded(kStart + 5s), std::nullopt);
}

TEST(EndpointHealth, stays_open_for_others_when_one_batch_fails_however_often) {
  EndpointHealth health = healthy_endpoint();
  for (int i = 0; i < 100; ++i) health.failed(kStart, {.batch = 7});
  fail_batches(health, kStart, 8, 5 + EndpointHealth::kOutageBatches);
  EXPECT_TRUE(health.healthy());
  EXPECT_LE(health.opens_at(), kStart);
}

TEST(EndpointHealth, is_in_an_outage_when_so_many_different_batches_fail_in_a_row) {
  EndpointHealth health = healthy_endpoint();
  fail_batches(health, kStart, 1, EndpointHealth::kOutageBatches - 1);
  EXPECT_TRUE(health.healthy());
  health.failed(kStart, {.batch = 100});
  EXPECT_FALSE(health.healthy());
  EXPECT_GE(health.opens_at(), kStart + 800ms);
}

TEST(EndpointHealth, counts_anew_when_one_was_taken_in_between) {
  EndpointHealth health = healthy_endpoint();
  for (uint64_t round = 0; round < 10; ++round) {
    fail_batches(health, kStart, 100 * round, 100 * round + EndpointHealth::kOutageBatches - 2);
    EXPECT_EQ(health.succeeded(kStart), std::nullopt);
  }
  EXPECT_TRUE(health.healthy());
}

TEST(EndpointHealth, learns_nothing_from_batches_that_fail_by_their_own_fault) {
  EndpointHealth health = healthy_endpoint();
  for (uint64_t batch = 1; batch < 100; ++batch)
    health.failed(kStart, {.batch = batch, .own_fault = true});
  EXPECT_TRUE(health.healthy());
}

TEST(EndpointHealth, is_in_an_outage_when_what_failed_here_is_taken_elsewhere) {
  EndpointHealth health = healthy_endpoint();
  health.failed_alone(kStart);
  EXPECT_TRUE(health.healthy()) << "it has taken others since";
  health.failed(kStart, {.batch = 1});
  health.failed_alone(kStart + 1s);
  EXPECT_FALSE(health.healthy());
  EXPECT_GE(health.opens_at(), kStart + 1s + 800ms);
}

TEST(EndpointHealth, waits_longer_after_each_failed_probe) {
  EndpointHealth health = endpoint_in_outage();
  TimePoint now = kStart;
  std::chrono::nanoseconds expected = 1s;
  for (int probes = 0; probes < 5; ++probes) {
    EXPECT_FALSE(health.healthy());
    EXPECT_GE(health.opens_at(), now + expected * 8 / 10);
    EXPECT_LE(health.opens_at(), now + expected * 12 / 10);
    now = health.opens_at();
    health.failed(now, {.batch = 1, .probe = true});
    expected = expected * 3 / 2;
  }
}

TEST(EndpointHealth, learns_nothing_from_what_began_before_the_outage) {
  EndpointHealth health = endpoint_in_outage();
  const TimePoint opens_at = health.opens_at();
  fail_batches(health, kStart + 100ms, 20, 30);
  EXPECT_EQ(health.opens_at(), opens_at);
}

TEST(EndpointHealth, says_how_long_the_outage_was_and_starts_anew) {
  EndpointHealth health = endpoint_in_outage();
  EXPECT_EQ(health.succeeded(kStart + 7s), 7s);
  EXPECT_TRUE(health.healthy());
  fail_batches(health, kStart + 8s, 1, EndpointHealth::kOutageBatches);
  EXPECT_FALSE(health.healthy());
  EXPECT_LE(health.opens_at(), kStart + 8s + 1'200ms) << "as after a first failure";
}

TEST(EndpointHealth, keeps_a_retry_after_in_either_state) {
  EndpointHealth health = healthy_endpoint();
  health.failed(kStart, {.batch = 1, .asked = AskedDelay{60s}});
  EXPECT_FALSE(health.healthy()) << "a server that asks for a wait says that it takes nothing";
  EXPECT_EQ(health.opens_at(), kStart + 60s);
  health.skip_backoff(kStart + 1s);
  EXPECT_EQ(health.opens_at(), kStart + 60s);
  static_cast<void>(health.succeeded(kStart + 2s));
  EXPECT_TRUE(health.healthy());
  EXPECT_EQ(health.opens_at(), kStart + 60s);
}

TEST(EndpointHealth, skips_a_backoff_when_told_to) {
  EndpointHealth health = endpoint_in_outage();
  health.skip_backoff(kStart + 1ms);
  EXPECT_EQ(health.opens_at(), kStart + 1ms);
}

}  // namespace
}  // namespace cero::core
