// Goal: a batch that the backend refuses again and again is its own loss alone: others are
// delivered beside it, at once, and it ends as retry_expired. Method: the Sender on a FakeTransport
// whose backend knows bad batches by their bytes, and a ManualClock; SenderHarness checks the
// ledger after each round.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <random>
#include <string>

#include "export/sender_harness.h"

namespace cero::core {
namespace {

using namespace std::chrono_literals;
using test::kNoAnswer;
using test::SenderHarness;
using test::Tokens;

const test::FakeTransport::Answer kUnavailable{.status = 503};

// Answers everything that is under way, until nothing is.
struct Backend {
  std::function<bool(std::string_view body)> takes;
  std::map<std::string, TimePoint> taken_at = {};

  void answer_all(SenderHarness& h) {
    while (!h.under_way().empty()) {
      const Post post = h.transport.under_way()[0];
      const std::string body(post.body);
      const bool taken = takes(body);
      const bool first = !taken || taken_at.emplace(body, h.clock.now()).second;
      EXPECT_TRUE(first) << body << " came twice";
      h.answer(post.token, taken ? test::FakeTransport::Answer{} : kUnavailable);
    }
  }
};

bool is_good(std::string_view body) { return body.find("bad") == std::string_view::npos; }

std::string body_of(uint64_t number, bool bad) {
  std::string body = (bad ? "bad " : "good ") + std::to_string(number);
  return body.append(500 - body.size(), '.');
}

struct Load {
  uint64_t batches = 600;
  uint64_t bad_in = 0;  // one batch in so many is bad
};

constexpr auto kInterval = 100ms;  // between two batches

// How long the slowest good batch took; none is missing.
std::chrono::nanoseconds run(SenderHarness& h, Backend& backend, const Load& load) {
  std::map<std::string, TimePoint> made_at;
  for (uint64_t number = 1; number <= load.batches; ++number) {
    const bool bad = load.bad_in != 0 && number % load.bad_in == 0;
    std::string body = body_of(number, bad);
    if (!bad) made_at.emplace(body, h.clock.now());
    EXPECT_TRUE(h.submit(50, std::move(body))) << number << ": cero-batch would find no free body";
    h.run();
    backend.answer_all(h);
    h.advance(kInterval);
    backend.answer_all(h);
  }
  std::chrono::nanoseconds slowest{0};
  for (const auto& [body, made] : made_at) {
    EXPECT_TRUE(backend.taken_at.contains(body)) << body;
    if (backend.taken_at.contains(body)) slowest = std::max(slowest, backend.taken_at[body] - made);
  }
  return slowest;
}

// Until all is settled.
void drain(SenderHarness& h, Backend& backend) {
  for (int i = 0; i < 10'000 && !h.sender.idle(); ++i) {
    h.advance(100ms);
    backend.answer_all(h);
  }
  EXPECT_TRUE(h.sender.idle());
}

TEST(RefusedBatch, does_not_hold_up_the_next_one_when_it_fails_for_the_first_time) {
  for (const auto& failure : {kUnavailable, kNoAnswer}) {
    SenderHarness h;
    h.submit(1);
    h.run();
    h.answer(1, failure);
    h.submit(1);
    h.run();
    EXPECT_EQ(h.under_way(), Tokens{2});
  }
}

TEST(RefusedBatch, costs_no_other_span_where_one_in_five_is_refused_for_ever) {
  SenderHarness h({.retry_time_max = 5s, .retry_bytes_max = 1 << 20});
  Backend backend{.takes = is_good};
  EXPECT_LE(run(h, backend, {.batches = 600, .bad_in = 5}), 2s);
  EXPECT_EQ(h.totals().exported, 480u * 50);
  EXPECT_GT(h.totals().dropped.retry_expired, 0u) << "the clock runs beside those that are taken";
}

TEST(RefusedBatch, ends_as_retry_expired_each_of_them) {
  SenderHarness h({.retry_time_max = 5s});
  Backend backend{.takes = is_good};
  for (uint64_t number = 1; number <= 400; ++number) {
    h.submit(1, body_of(number, number <= 20));
    h.run();
    backend.answer_all(h);
    h.advance(100ms);
  }
  EXPECT_EQ(h.totals().dropped.retry_expired, 20u);
  EXPECT_EQ(h.totals().exported, 380u);
  EXPECT_TRUE(h.sender.idle());
}

TEST(RefusedBatch, delays_no_other_where_one_in_twenty_five_is_refused_with_the_defaults) {
  SenderHarness h;
  Backend backend{.takes = is_good};
  EXPECT_LE(run(h, backend, {.batches = 6'000, .bad_in = 25}), 2s);
  EXPECT_GT(h.totals().dropped.retry_expired, 0u) << "five minutes are over for the first";
}

TEST(RefusedBatch, fifteen_of_them_at_the_head_of_the_queue_are_passed) {
  SenderHarness h;
  Backend backend{.takes = is_good};
  h.begin_outage();  // in which they gather
  for (uint64_t number = 1; number <= 95; ++number) {
    h.submit(50, body_of(number, number <= 15));
    h.run();
  }
  for (int i = 0; i < 40; ++i) {
    h.advance(100ms);
    backend.answer_all(h);
  }
  const auto good =
      std::count_if(backend.taken_at.begin(), backend.taken_at.end(),
                    [](const auto& taken) { return taken.first.starts_with("good"); });
  EXPECT_EQ(good, 80);
}

TEST(RefusedBatch, makes_room_in_a_full_buffer_for_others) {
  SenderHarness h({.retry_time_max = std::nullopt, .retry_bytes_max = 20'000});
  Backend backend{.takes = is_good};
  EXPECT_LE(run(h, backend, {.batches = 600, .bad_in = 5}), 2s);
  EXPECT_EQ(h.totals().exported, 480u * 50);
  EXPECT_GT(h.totals().dropped.retry_expired, 0u);
  EXPECT_EQ(h.totals().dropped.total(), h.totals().dropped.retry_expired);
  const bool told = std::any_of(h.lines.begin(), h.lines.end(), [](const std::string& line) {
    return line.find("exporter.retry_bytes_max is full") != std::string::npos;
  });
  EXPECT_TRUE(told);
}

TEST(RefusedBatch, is_not_what_an_outage_makes_of_any) {
  SenderHarness h({.retry_bytes_max = 20'000});
  for (uint64_t number = 1; h.exchange.span_count() < 4; ++number) {
    h.submit(1, body_of(number, false));
    h.run();
    while (!h.under_way().empty()) h.answer(h.under_way()[0], kNoAnswer);
  }
  for (int i = 0; i < 50; ++i) {
    h.advance(60s);
    while (!h.under_way().empty()) h.answer(h.under_way()[0], kNoAnswer);
  }
  EXPECT_EQ(h.totals().dropped.total(), 0u) << "the buffer is full, and stays so";
}

TEST(RefusedBatch, is_one_in_two_at_random_and_all_are_delivered_as_they_come) {
  const uint32_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  SenderHarness h;
  Backend backend{.takes = [&](std::string_view) { return random() % 2 == 0; }};
  for (uint64_t number = 1; number <= 3'000; ++number) {
    ASSERT_TRUE(h.submit(50, body_of(number, false)));
    h.run();
    backend.answer_all(h);
    h.advance(100ms);
    backend.answer_all(h);
  }
  EXPECT_LT(h.totals().in_flight, 500u * 60) << "of a backlog that grew there would be 30,000";
  EXPECT_EQ(h.totals().dropped.total(), 0u);
  drain(h, backend);
  EXPECT_EQ(h.totals().exported, 150'000u);
}

TEST(RefusedBatch, takes_half_of_the_places_when_it_hangs) {
  SenderHarness h({.requests_in_flight_max = 4});
  for (int i = 0; i < 4; ++i) h.submit(1, "hangs");
  h.run();
  h.advance(10s);
  for (uint64_t token = 1; token <= 4; ++token) h.answer(token, kNoAnswer);
  h.submit(1);
  h.run();
  h.answer(5, {});
  for (int i = 0; i < 4; ++i) h.submit(1);
  h.advance(2s);
  size_t hanging = 0;
  for (const uint64_t token : h.under_way()) hanging += token <= 4 ? 1 : 0;
  EXPECT_EQ(hanging, 2u);
  for (uint64_t token = 6; token <= 9; ++token) h.answer(token, {});
  EXPECT_EQ(h.totals().exported, 5u);
}

TEST(RefusedBatch, closes_none_of_several_endpoints_that_all_refuse_it) {
  Exporter exporter{.retry_time_max = 5s};
  exporter.more_endpoints.resize(2);
  SenderHarness h(exporter);
  Backend backend{.takes = is_good};
  EXPECT_EQ(run(h, backend, {.batches = 600, .bad_in = 5}), 0s);
  for (size_t i = 0; i < 3; ++i) EXPECT_TRUE(h.totals().endpoints[i].healthy) << i;
  EXPECT_EQ(h.totals().endpoints[0].exported, 480u * 50);
  EXPECT_GT(h.totals().endpoints[2].failures, 0u) << "each was asked";
}

TEST(RefusedBatch, has_a_clock_that_stands_still_in_an_outage) {
  SenderHarness h({.retry_time_max = 10s});
  h.submit(7, "bad");
  h.run();
  h.answer(1, kUnavailable);
  h.submit(1);
  h.run();
  h.answer(2, {});  // so that the failure was the batch's
  for (uint64_t token = 3; token <= 2 + EndpointHealth::kOutageBatches; ++token) {
    h.submit(1, body_of(token, false));
    h.run();
    h.answer(token, kNoAnswer);
  }
  h.advance(1h);
  ASSERT_EQ(h.under_way().size(), 1u) << "an outage";
  Backend backend{.takes = [](std::string_view body) { return body != "bad"; }};
  backend.answer_all(h);
  EXPECT_EQ(h.totals().dropped.total(), 0u) << "one more failure, and an hour that does not count";
}

}  // namespace
}  // namespace cero::core
