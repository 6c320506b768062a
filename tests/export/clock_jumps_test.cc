// Goal: whatever is done to the clocks, waits stay bounded, nothing is lost, and what has waited
// does not come in a burst. The wall clock is set by hand or by NTP; the steady one jumps where a
// machine is paused. Method: as in sender_test.cc.
#include <gtest/gtest.h>

#include "export/sender_harness.h"

namespace cero::core {
namespace {

using namespace std::chrono_literals;
using test::kNoAnswer;
using test::SenderHarness;
using test::Tokens;

constexpr auto kDate = std::chrono::sys_seconds(std::chrono::seconds(784'111'777));
const test::FakeTransport::Answer kNotBeforeDate{.status = 503,
                                                 .retry_after = "Sun, 06 Nov 1994 08:49:37 GMT"};

TEST(ClockJumps, a_wait_for_a_date_is_not_changed_by_setting_the_wall_clock) {
  for (const auto step : {-1h, 1h}) {
    SenderHarness h;
    h.clock.set_wall(kDate - 37s);
    h.submit(1);
    h.run();
    h.answer(1, kNotBeforeDate);
    h.clock.set_wall(h.clock.wall_now() + step);
    h.expect_sent_after(37s);
    h.answer(1, {});
    EXPECT_EQ(h.totals().exported, 1u);
  }
}

TEST(ClockJumps, a_wall_clock_that_is_behind_makes_a_date_wait_for_no_longer_than_the_maximum) {
  for (const auto& [behind, wait] : {std::pair{1h, 1h}, {100'000h, 2h}}) {
    SenderHarness h({.retry_after_max = 2h});
    h.clock.set_wall(kDate - behind);
    h.submit(1);
    h.run();
    h.answer(1, kNotBeforeDate);
    EXPECT_EQ(h.next_round_in(), wait);
    h.advance(wait);
    ASSERT_EQ(h.under_way(), Tokens{1});
    h.answer(1, {});
    EXPECT_EQ(h.totals().exported, 1u);
  }
}

TEST(ClockJumps, a_wall_clock_that_is_ahead_makes_a_date_a_backoff) {
  SenderHarness h;
  h.clock.set_wall(kDate + 1h);
  h.submit(1);
  h.run();
  h.answer(1, kNotBeforeDate);
  ASSERT_TRUE(h.next_round_in());
  EXPECT_GE(*h.next_round_in(), 800ms);
  EXPECT_LE(*h.next_round_in(), 1'200ms);
}

TEST(ClockJumps, after_a_jump_in_an_outage_one_batch_probes_and_all_are_delivered) {
  SenderHarness h;
  h.begin_outage();
  for (int i = 0; i < 3; ++i) h.submit(1);
  h.run();
  EXPECT_TRUE(h.under_way().empty());
  h.advance(1h);
  ASSERT_EQ(h.under_way().size(), 1u);
  h.answer(h.under_way()[0], {});
  EXPECT_EQ(h.under_way().size(), 4u);
  while (!h.under_way().empty()) h.answer(h.under_way()[0], {});
  EXPECT_EQ(h.totals().exported, 11u);
  EXPECT_EQ(h.totals().requests, 8u + 11u);
}

TEST(ClockJumps, a_request_that_a_jump_has_timed_out_is_sent_again_after_the_first_backoff) {
  SenderHarness h;
  h.submit(1);
  h.run();
  h.advance(1h);
  ASSERT_EQ(h.under_way(), Tokens{1}) << "to time it out is the transport's";
  h.answer(1, kNoAnswer);
  ASSERT_TRUE(h.next_round_in());
  EXPECT_LE(*h.next_round_in(), 1'200ms);
  h.advance(1'200ms);
  ASSERT_EQ(h.under_way(), Tokens{1});
  h.answer(1, {});
  EXPECT_EQ(h.totals().exported, 1u);
}

TEST(ClockJumps, a_jump_in_an_outage_is_no_part_of_the_time_a_batch_may_take) {
  SenderHarness h({.retry_time_max = 60s});
  h.submit(1);
  h.run();
  h.answer(1, kNoAnswer);
  h.advance(1h);
  ASSERT_EQ(h.under_way(), Tokens{1});
  h.answer(1, {});
  EXPECT_EQ(h.totals().exported, 1u);
}

// Whether the backend was there meanwhile nobody knows.
TEST(ClockJumps, a_jump_with_the_backend_there_is_part_of_the_time_a_batch_may_take) {
  SenderHarness h({.retry_time_max = 60s});
  h.submit(1);
  h.submit(1);
  h.run();
  h.answer(1, {.status = 503});
  h.answer(2, {});
  h.advance(1h);
  ASSERT_EQ(h.under_way(), Tokens{1}) << "once more";
  h.answer(1, {.status = 503});
  EXPECT_EQ(h.totals().exported, 1u);
  EXPECT_EQ(h.totals().dropped.retry_expired, 1u);
}

}  // namespace
}  // namespace cero::core
