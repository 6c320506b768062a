// Goal: the next request goes to the endpoint that the policy names, probes go where they are due,
// and the clock of retry_time_max runs while anything is healthy. Method: times that are made up.
#include "export/endpoints.h"

#include <gtest/gtest.h>

#include <vector>

namespace cero::core {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kStart{std::chrono::hours(1)};
constexpr auto kLongestFirstDelay = 1'200ms;

struct EndpointsTest : testing::Test {
  static Exporter options(EndpointPolicy policy, size_t count) {
    Exporter exporter{.endpoint_policy = policy, .requests_in_flight_max = 2};
    exporter.more_endpoints.resize(count - 1);
    return exporter;
  }
  Endpoints make(EndpointPolicy policy, size_t count = 2) {
    return {options(policy, count), counters, /*seed=*/1, kStart};
  }
  // The index of the next one, which gets a request; -1: none.
  static int send(Endpoints& endpoints, TimePoint now) {
    EndpointState* endpoint = endpoints.choose(now);
    if (endpoint == nullptr) return -1;
    endpoints.started(*endpoint, !endpoint->health.healthy());
    return static_cast<int>(endpoint->index);
  }
  // One attempt ends, and the endpoint is out of use.
  static void fail(Endpoints& endpoints, size_t index, TimePoint now,
                   std::optional<AskedDelay> asked = {}) {
    EndpointState& endpoint = endpoints.at(index);
    const bool probe = endpoint.probe_in_flight;
    endpoints.ended(endpoint, probe);
    endpoints.failed(endpoint, now, {.batch = 1, .probe = probe, .asked = asked});
    endpoints.failed_alone(endpoint.bit(), now);
    EXPECT_FALSE(endpoint.health.healthy());
  }
  static void answer(Endpoints& endpoints, size_t index, TimePoint now) {
    EndpointState& endpoint = endpoints.at(index);
    endpoints.ended(endpoint, endpoint.probe_in_flight);
    endpoints.succeeded(endpoint, now);
  }

  ExportCounters counters;
};

TEST_F(EndpointsTest, failover_sends_all_to_the_first_and_waits_for_it_when_it_is_full) {
  Endpoints endpoints = make(EndpointPolicy::failover);
  EXPECT_EQ(send(endpoints, kStart), 0);
  EXPECT_EQ(send(endpoints, kStart), 0);
  EXPECT_EQ(send(endpoints, kStart), -1) << "a full one is no reason to go elsewhere";
  EXPECT_EQ(endpoints.opens_at(kStart), TimePoint::max()) << "an answer must come first";
  answer(endpoints, 0, kStart);
  EXPECT_EQ(send(endpoints, kStart), 0);
}

// Two that fail together were probed within microseconds of each other: their generators were
// seeded with neighbouring numbers.
TEST_F(EndpointsTest, probes_of_endpoints_that_failed_together_lie_apart) {
  int close = 0;
  for (uint32_t seed = 1; seed <= 100; ++seed) {
    Endpoints endpoints(options(EndpointPolicy::round_robin, 2), counters, seed, kStart);
    for (int i = 0; i < 2; ++i) send(endpoints, kStart);
    for (size_t i = 0; i < 2; ++i) fail(endpoints, i, kStart);
    const auto apart = endpoints.at(0).health.opens_at() - endpoints.at(1).health.opens_at();
    close += std::chrono::abs(apart) < 1ms ? 1 : 0;
  }
  EXPECT_LT(close, 5);
}

TEST_F(EndpointsTest, failover_goes_to_the_second_and_comes_back_by_one_probe) {
  Endpoints endpoints = make(EndpointPolicy::failover);
  ASSERT_EQ(send(endpoints, kStart), 0);
  fail(endpoints, 0, kStart);
  EXPECT_FALSE(endpoints.outage());
  EXPECT_EQ(send(endpoints, kStart), 1);
  const TimePoint later = kStart + kLongestFirstDelay;
  EXPECT_EQ(send(endpoints, later), 0) << "the probe";
  EXPECT_EQ(send(endpoints, later), 1) << "one probe at a time";
  fail(endpoints, 0, later);
  answer(endpoints, 1, later);
  EXPECT_EQ(send(endpoints, later + kLongestFirstDelay / 2), 1) << "the backoff has grown";
  const TimePoint much_later = later + 2 * kLongestFirstDelay;
  EXPECT_EQ(send(endpoints, much_later), 0);
  answer(endpoints, 0, much_later);
  EXPECT_EQ(send(endpoints, much_later), 0) << "traffic has returned";
  EXPECT_EQ(send(endpoints, much_later), 0);
}

TEST_F(EndpointsTest, failover_leaves_an_endpoint_alone_that_asked_for_it) {
  Endpoints endpoints = make(EndpointPolicy::failover);
  ASSERT_EQ(send(endpoints, kStart), 0);
  ASSERT_EQ(send(endpoints, kStart), 0);
  fail(endpoints, 0, kStart, AskedDelay{60s});
  answer(endpoints, 0, kStart);  // healthy again, and closed
  EXPECT_EQ(send(endpoints, kStart + 59s), 1);
  EXPECT_EQ(send(endpoints, kStart + 60s), 0);
}

TEST_F(EndpointsTest, failover_probes_every_one_on_its_own_when_all_are_out_of_use) {
  Endpoints endpoints = make(EndpointPolicy::failover, 3);
  for (const int index : {0, 1, 2}) {
    ASSERT_EQ(send(endpoints, kStart), index);
    fail(endpoints, static_cast<size_t>(index), kStart);
  }
  EXPECT_TRUE(endpoints.outage());
  EXPECT_EQ(send(endpoints, kStart), -1);
  EXPECT_GE(endpoints.opens_at(kStart), kStart + 800ms);
  const TimePoint later = kStart + kLongestFirstDelay;
  EXPECT_EQ(send(endpoints, later), 0);
  EXPECT_EQ(send(endpoints, later), 1);
  EXPECT_EQ(send(endpoints, later), 2);
  EXPECT_EQ(send(endpoints, later), -1);
  answer(endpoints, 1, later);
  EXPECT_FALSE(endpoints.outage());
  EXPECT_EQ(send(endpoints, later), 1);
}

TEST_F(EndpointsTest, probes_of_one_endpoint_are_not_those_of_another) {
  Endpoints endpoints = make(EndpointPolicy::failover, 8);
  std::vector<TimePoint> probes;
  for (size_t i = 0; i < 8; ++i) {
    ASSERT_EQ(send(endpoints, kStart), static_cast<int>(i));
    fail(endpoints, i, kStart);
    probes.push_back(endpoints.at(i).health.opens_at());
  }
  EXPECT_NE(probes.front(), probes.back()) << "jitter of their own";
}

TEST_F(EndpointsTest, round_robin_takes_turns_and_passes_over_who_is_full_or_out_of_use) {
  Endpoints endpoints = make(EndpointPolicy::round_robin, 3);
  std::vector<int> turns;
  for (int i = 0; i < 6; ++i) turns.push_back(send(endpoints, kStart));
  EXPECT_EQ(turns, (std::vector<int>{0, 1, 2, 0, 1, 2}));
  EXPECT_EQ(send(endpoints, kStart), -1);
  answer(endpoints, 1, kStart);
  EXPECT_EQ(send(endpoints, kStart), 1) << "the others are full";
  fail(endpoints, 0, kStart);
  answer(endpoints, 1, kStart);
  answer(endpoints, 2, kStart);
  EXPECT_EQ(send(endpoints, kStart), 2);
  EXPECT_EQ(send(endpoints, kStart), 1);
  answer(endpoints, 1, kStart);
  answer(endpoints, 2, kStart);
  EXPECT_EQ(send(endpoints, kStart), 2);
  EXPECT_EQ(send(endpoints, kStart), 1);
}

TEST_F(EndpointsTest, round_robin_gives_one_that_is_out_of_use_a_probe) {
  Endpoints endpoints = make(EndpointPolicy::round_robin);
  ASSERT_EQ(send(endpoints, kStart), 0);
  fail(endpoints, 0, kStart);
  const TimePoint later = kStart + kLongestFirstDelay;
  ASSERT_EQ(send(endpoints, later), 1);
  ASSERT_EQ(send(endpoints, later), 0) << "the probe";
  ASSERT_EQ(send(endpoints, later), 1);
  answer(endpoints, 0, later);
  EXPECT_EQ(send(endpoints, later), 0);
  EXPECT_EQ(send(endpoints, later), 0) << "the other one is full";
}

TEST_F(EndpointsTest, sends_a_batch_to_none_where_it_has_failed) {
  for (const auto policy : {EndpointPolicy::failover, EndpointPolicy::round_robin}) {
    Endpoints endpoints = make(policy, 3);
    EXPECT_EQ(endpoints.choose(kStart)->index, 0u);
    EXPECT_EQ(endpoints.choose(kStart, 0b001)->index, 1u);
    EXPECT_EQ(endpoints.choose(kStart, 0b011)->index, 2u);
    EXPECT_EQ(endpoints.choose(kStart, 0b111), nullptr);
    EXPECT_TRUE(endpoints.any_open(kStart, 0b011));
    EXPECT_FALSE(endpoints.any_open(kStart, 0b111));
  }
}

TEST_F(EndpointsTest, counts_the_time_in_which_any_is_healthy) {
  Endpoints endpoints = make(EndpointPolicy::failover);
  ASSERT_EQ(send(endpoints, kStart), 0);
  ASSERT_EQ(send(endpoints, kStart), 0);
  fail(endpoints, 0, kStart + 10s);
  EXPECT_EQ(endpoints.healthy_time(kStart + 15s), 15s);
  ASSERT_EQ(send(endpoints, kStart + 10s), 1);
  fail(endpoints, 1, kStart + 20s);
  EXPECT_EQ(endpoints.healthy_time(kStart + 100s), 20s) << "an outage stops the clock";
  answer(endpoints, 0, kStart + 100s);
  EXPECT_EQ(endpoints.healthy_time(kStart + 105s), 25s);
}

TEST_F(EndpointsTest, makes_no_zstd_for_the_one_in_use_that_refuses_it) {
  Endpoints failover = make(EndpointPolicy::failover);
  failover.at(0).refuses_zstd = true;
  EXPECT_FALSE(failover.takes_zstd());
  ASSERT_EQ(send(failover, kStart), 0);
  fail(failover, 0, kStart);
  EXPECT_TRUE(failover.takes_zstd()) << "the second one is in use";
  Endpoints round_robin = make(EndpointPolicy::round_robin);
  EXPECT_TRUE(round_robin.takes_zstd());
  round_robin.at(1).refuses_zstd = true;
  EXPECT_FALSE(round_robin.takes_zstd()) << "nobody knows who will get it";
}

TEST_F(EndpointsTest, counts_what_each_of_them_does) {
  Endpoints endpoints = make(EndpointPolicy::failover);
  ASSERT_EQ(send(endpoints, kStart), 0);
  fail(endpoints, 0, kStart);
  ASSERT_EQ(send(endpoints, kStart), 1);
  const Stats totals = counters.read();
  EXPECT_EQ(totals.endpoints[0], (EndpointStats{.requests = 1, .failures = 1}));
  EXPECT_EQ(totals.endpoints[1], (EndpointStats{.requests = 1, .healthy = true}));
  EXPECT_EQ(totals.endpoint_count, 2u);
  EXPECT_EQ(totals.endpoints[2], EndpointStats{}) << "there is none";
}

}  // namespace
}  // namespace cero::core
