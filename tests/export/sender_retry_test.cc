// Goal: what may be sent again is, as often and as late as it should be, in an outage and beside
// one; a flush hurries it, and is told of its own losses alone. Method: the Sender on a
// FakeTransport and a ManualClock; SenderHarness checks the ledger after each round.
#include <gtest/gtest.h>

#include "export/sender.h"
#include "export/sender_harness.h"

namespace cero::core {
namespace {

using namespace std::chrono_literals;
using test::kNoAnswer;
using test::SenderHarness;
using test::Tokens;

// ---- Retry

TEST(Sender, retries_exactly_429_502_503_504_and_transport_failures) {
  for (const int status : {429, 502, 503, 504, 0}) {
    SenderHarness h;
    h.submit(2);
    h.run();
    h.answer(1, {.status = status});
    EXPECT_TRUE(h.under_way().empty());
    EXPECT_EQ(h.totals().in_flight, 2u) << status;
    h.advance(1'200ms);
    EXPECT_EQ(h.under_way(), Tokens{1}) << status;
    h.answer(1, {});
    EXPECT_EQ(h.totals().exported, 2u);
    EXPECT_EQ(h.totals().requests, 2u);
    EXPECT_EQ(h.totals().retries, 1u);
  }
}

TEST(Sender, waits_half_as_long_again_after_each_failure_up_to_the_maximum) {
  SenderHarness h({.retry_delay_initial = 1'000ms, .retry_delay_max = 4'000ms});
  h.submit(1);
  h.run();
  for (const auto expected : {1'000ms, 1'500ms, 2'250ms, 3'375ms, 4'000ms, 4'000ms}) {
    h.answer(1, kNoAnswer);
    ASSERT_TRUE(h.next_round_in());
    EXPECT_GE(*h.next_round_in(), expected * 8 / 10);
    EXPECT_LE(*h.next_round_in(), expected * 12 / 10);
    h.expect_sent_after(*h.next_round_in());
  }
}

TEST(Sender, honours_retry_after_in_seconds) {
  SenderHarness h;
  h.submit(1);
  h.run();
  h.answer(1, {.status = 429, .retry_after = "120"});
  h.expect_sent_after(120s);
}

TEST(Sender, honours_retry_after_as_a_date) {
  SenderHarness h;
  using namespace std::chrono;
  h.clock.set_wall(sys_days(1994y / November / 6) + 8h + 49min + 0s);
  h.submit(1);
  h.run();
  h.answer(1, {.status = 503, .retry_after = "Sun, 06 Nov 1994 08:49:37 GMT"});
  h.expect_sent_after(37s);
}

TEST(Sender, keeps_new_batches_back_until_retry_after) {
  SenderHarness h;
  h.submit(1);
  h.run();
  h.answer(1, {.status = 429, .retry_after = "10"});
  h.submit(1);
  h.advance(9s);
  EXPECT_TRUE(h.under_way().empty());
  h.advance(1s);
  EXPECT_EQ(h.under_way().size(), 1u);
}

TEST(Sender, keeps_a_retry_after_up_to_its_maximum_and_says_how_long_it_is) {
  SenderHarness h({.retry_after_max = 10min});
  h.submit(1);
  h.run();
  h.answer(1, {.status = 503, .retry_after = "86400"});
  ASSERT_EQ(h.lines.size(), 2u);
  EXPECT_EQ(h.lines[0],
            "the backend at http://localhost:4318/v1/traces asks for a wait of a day or more, of "
            "which exporter.retry_after_max keeps 600 s");
  h.expect_sent_after(10min);
  h.answer(1, {.status = 503, .retry_after = "300"});
  EXPECT_EQ(h.lines[2],
            "the backend at http://localhost:4318/v1/traces asks for a wait of 300 s, in which it "
            "gets no request");
  h.expect_sent_after(5min);
}

TEST(Sender, keeps_no_retry_after_when_told_to) {
  SenderHarness h({.retry_after_max = 0s});
  h.submit(1);
  h.run();
  h.answer(1, {.status = 503, .retry_after = "86400"});
  EXPECT_LE(*h.next_round_in(), 1'200ms);
}

TEST(Sender, falls_back_to_backoff_when_retry_after_asks_for_no_wait) {
  SenderHarness h;
  h.submit(1);
  h.run();
  h.answer(1, {.status = 503, .retry_after = "0"});
  EXPECT_TRUE(h.under_way().empty());
  EXPECT_GE(*h.next_round_in(), 800ms);
}

TEST(Sender, backs_off_when_a_request_cannot_even_start) {
  SenderHarness h;
  h.transport.fail_next_start();
  h.submit(1);
  h.run();
  EXPECT_TRUE(h.under_way().empty());
  EXPECT_EQ(h.totals().in_flight, 1u);
  h.advance(1'200ms);
  h.answer(1, {});
  EXPECT_EQ(h.totals().exported, 1u);
}

// ---- Outage

TEST(Sender, probes_with_one_batch_in_an_outage_and_sends_all_when_it_ends) {
  SenderHarness h({.requests_in_flight_max = 3});
  h.begin_outage();
  for (int i = 0; i < 4; ++i) h.submit(1);
  h.run();
  EXPECT_TRUE(h.under_way().empty());
  h.advance(1'200ms);
  ASSERT_EQ(h.under_way().size(), 1u);
  const uint64_t probe = h.under_way()[0];
  h.advance(60s);
  EXPECT_EQ(h.under_way(), Tokens{probe}) << "one probe at a time";
  h.answer(probe, {});
  EXPECT_EQ(h.under_way().size(), 3u);
  EXPECT_EQ(h.lines.size(), 2u) << "the failure and the recovery";
}

TEST(Sender, probes_with_another_batch_each_time) {
  SenderHarness h;
  h.begin_outage();
  Tokens probes;
  for (int i = 0; i < 8; ++i) {
    h.advance(60s);
    ASSERT_EQ(h.under_way().size(), 1u);
    probes.push_back(h.under_way()[0]);
    h.answer(probes.back(), kNoAnswer);
  }
  std::sort(probes.begin(), probes.end());
  EXPECT_EQ(probes, (Tokens{1, 2, 3, 4, 5, 6, 7, 8}));
}

TEST(Sender, lengthens_the_backoff_once_for_requests_that_failed_together) {
  SenderHarness h;
  for (int i = 0; i < 4; ++i) h.submit(1);
  h.run();
  for (uint64_t token = 1; token <= 4; ++token) h.answer(token, kNoAnswer);
  EXPECT_LE(*h.next_round_in(), 1'200ms);
}

TEST(Sender, lets_others_pass_a_batch_that_alone_keeps_failing) {
  SenderHarness h;
  h.submit(1);
  h.run();
  for (int i = 0; i < 10; ++i) {
    if (!h.under_way().empty()) h.answer(1, {.status = 503});
    h.advance(60s);
  }
  h.answer(1, {.status = 503});
  for (int i = 0; i < 4; ++i) h.submit(1);
  h.advance(36s);  // the longest backoff
  h.answer(2, {});
  for (uint64_t token = 3; token <= 5; ++token) h.answer(token, {});
  EXPECT_EQ(h.totals().exported, 4u);
}

TEST(Sender, stops_taking_bodies_while_the_queue_is_full) {
  SenderHarness h({.retry_bytes_max = 1'000 + 2 * RetryQueue::kBatchBytes});
  h.submit(1);
  h.run();
  h.answer(1, kNoAnswer);
  for (int i = 0; i < 4; ++i) {
    h.submit(1, std::string(600, 'x'));
    h.run();
  }
  EXPECT_EQ(h.totals().in_flight, 3u) << "one body beyond the bound at most";
  EXPECT_EQ(h.exchange.span_count(), 2u);
  h.advance(1'200ms);
  h.answer(h.under_way().front(), {});
  EXPECT_EQ(h.exchange.span_count(), 1u);
}

// ---- retry_time_max

TEST(Sender, drops_a_batch_whose_retry_time_is_over_while_others_succeed) {
  SenderHarness h({.retry_time_max = 10s});
  h.submit(7);
  h.run();
  h.answer(1, {.status = 503});
  for (uint64_t number = 2; h.totals().dropped.retry_expired == 0; ++number) {
    ASSERT_LT(number, 100u);
    h.submit(1);
    h.advance(2s);
    while (!h.under_way().empty()) {
      const uint64_t token = h.under_way()[0];
      h.answer(token, {.status = token == 1 ? 503 : 200});
    }
  }
  EXPECT_EQ(h.totals().dropped.retry_expired, 7u);
  EXPECT_TRUE(h.sender.idle());
}

TEST(Sender, stops_the_retry_clock_during_an_outage) {
  SenderHarness h({.retry_time_max = 10s});
  h.submit(7);
  h.run();
  h.answer(1, kNoAnswer);
  for (int i = 0; i < 100; ++i) {
    h.advance(60s);
    h.answer(1, kNoAnswer);
  }
  h.advance(60s);
  h.answer(1, {});
  EXPECT_EQ(h.totals().exported, 7u);
}

// ---- Flush

TEST(Sender, skips_the_backoff_when_told_to) {
  SenderHarness h;
  h.submit(1);
  h.run();
  h.answer(1, kNoAnswer);
  h.sender.skip_backoff();
  h.run();
  EXPECT_EQ(h.under_way(), Tokens{1});
}

TEST(Sender, skips_no_retry_after) {
  SenderHarness h;
  h.submit(1);
  h.run();
  h.answer(1, {.status = 503, .retry_after = "30"});
  h.sender.skip_backoff();
  h.run();
  EXPECT_TRUE(h.under_way().empty());
  EXPECT_EQ(*h.next_round_in(), 30s);
}

// Who waits until then asks the backend as often as that takes, and it comes back in the meantime.
TEST(Sender, waits_for_an_eighth_of_what_is_left_at_most_while_somebody_waits) {
  SenderHarness h;
  h.begin_outage();
  for (int i = 0; i < 20; ++i) {  // it has lasted
    h.advance(60s);
    h.answer(h.under_way()[0], kNoAnswer);
  }
  ASSERT_GE(*h.next_round_in(), 20s);
  const TimePoint deadline = h.clock.now() + 5s;
  h.sender.hurry_until(deadline);
  h.sender.skip_backoff();
  h.run();
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(h.under_way().size(), 1u) << "one batch probes";
    h.answer(h.under_way()[0], {.status = 503});
    ASSERT_TRUE(h.next_round_in());
    EXPECT_EQ(*h.next_round_in(), (deadline - h.clock.now()) / 8);
    h.advance(*h.next_round_in());
  }
  while (!h.under_way().empty()) h.answer(h.under_way()[0], {});
  EXPECT_EQ(h.totals().exported, EndpointHealth::kOutageBatches);
  EXPECT_LT(h.clock.now(), deadline);
}

TEST(Sender, asks_until_the_deadline_while_somebody_waits_and_not_for_ever_faster) {
  SenderHarness h;
  h.submit(1);
  h.run();
  const TimePoint deadline = h.clock.now() + 5s;
  h.sender.hurry_until(deadline);
  while (h.clock.now() < deadline) {
    ASSERT_EQ(h.under_way(), Tokens{1});
    h.answer(1, {.status = 503});
    EXPECT_GE(*h.next_round_in(), 50ms);
    h.advance(*h.next_round_in());
  }
  EXPECT_LE(h.totals().requests, 50u);
}

TEST(Sender, keeps_a_retry_after_while_somebody_waits) {
  SenderHarness h;
  h.sender.hurry_until(h.clock.now() + 5s);
  h.submit(1);
  h.run();
  h.answer(1, {.status = 503, .retry_after = "3"});
  h.sender.skip_backoff();
  h.expect_sent_after(3s);
}

TEST(Sender, goes_on_with_its_backoff_when_nobody_waits_any_more) {
  SenderHarness h;
  h.begin_outage();
  h.sender.hurry_until(h.clock.now() + 1s);
  h.sender.skip_backoff();
  h.run();
  for (int i = 0; i < 10; ++i) {
    h.answer(h.under_way()[0], kNoAnswer);
    h.advance(*h.next_round_in());
  }
  h.sender.hurry_until({});
  h.answer(h.under_way()[0], kNoAnswer);
  EXPECT_GE(*h.next_round_in(), 1'200ms) << "the second one";
  EXPECT_LE(*h.next_round_in(), 1'800ms) << "what was cut has not made it grow";
}

TEST(Sender, tells_how_far_all_batches_are_settled_when_they_settle_out_of_order) {
  SenderHarness h;
  SettledTracker::Watch watch(h.tracker);
  for (int i = 0; i < 3; ++i) h.submit(1);
  h.run();
  h.answer(3, {});
  h.answer(2, {});
  EXPECT_EQ(watch.wait(1, TimePoint{}), FlushOutcome::deadline_exceeded);
  h.answer(1, {});
  EXPECT_EQ(watch.wait(3, TimePoint{}), FlushOutcome::delivered);
  EXPECT_EQ(watch.wait(4, TimePoint{}), FlushOutcome::deadline_exceeded);
}

TEST(Sender, tells_a_flush_of_losses_in_its_batches_alone) {
  SenderHarness h;
  SettledTracker::Watch watch(h.tracker);
  for (int i = 0; i < 3; ++i) h.submit(1);
  h.run();
  h.answer(1, {});
  h.answer(3, {.status = 400});
  h.answer(2, {});
  EXPECT_EQ(watch.wait(2, TimePoint{}), FlushOutcome::delivered);
  EXPECT_EQ(watch.wait(3, TimePoint{}), FlushOutcome::lost);
}

}  // namespace
}  // namespace cero::core
