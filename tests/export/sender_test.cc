// Goal: each batch is settled once, as its answers say, and nothing is sent sooner or later than it
// should be. Method: the Sender on a FakeTransport and a ManualClock; SenderHarness checks the
// ledger after each round.
#include "export/sender.h"

#include <gtest/gtest.h>

#include "export/sender_harness.h"
#include "otlp/trace.pb.h"

namespace cero::core {
namespace {

using namespace std::chrono_literals;
using test::SenderHarness;
using Tokens = std::vector<uint64_t>;

const test::FakeTransport::Answer kNoAnswer{.status = 0, .body = {}, .content_type = {}};

std::string partial_success(int64_t rejected) {
  otlp::ExportTraceServiceResponse response;
  response.mutable_partial_success()->set_rejected_spans(rejected);
  response.mutable_partial_success()->set_error_message("too old");
  return response.SerializeAsString();
}

std::string error_status(const std::string& message) {
  otlp::ErrorStatus error;
  error.set_message(message);
  return error.SerializeAsString();
}

// ---- Success

TEST(Sender, exports_what_a_200_answers) {
  SenderHarness h;
  h.submit(3, "abc");
  h.run();
  ASSERT_EQ(h.under_way(), Tokens{1});
  EXPECT_EQ(h.transport.under_way()[0].body, "abc");
  EXPECT_EQ(h.totals().held, 3u);
  h.answer(1, {});
  EXPECT_EQ(h.totals().exported, 3u);
  EXPECT_EQ(h.totals().held, 0u);
  EXPECT_EQ(h.totals().requests, 1u);
  EXPECT_EQ(h.totals().retries, 0u);
  EXPECT_EQ(h.totals().bytes_wire, 3u);
  EXPECT_EQ(h.totals().http1_responses, 1u);
  EXPECT_TRUE(h.sender.idle());
  EXPECT_TRUE(h.lines.empty());
}

TEST(Sender, releases_the_body_while_the_request_is_under_way) {
  SenderHarness h;
  for (size_t i = 0; i < BodyExchange::kBodyCount; ++i) ASSERT_TRUE(h.submit(1));
  EXPECT_FALSE(h.submit(1));
  h.run();
  EXPECT_EQ(h.exchange.span_count(), 0u);
  EXPECT_TRUE(h.submit(1));
}

TEST(Sender, counts_any_2xx_as_exported_with_or_without_a_body) {
  for (const int status : {201, 202, 204}) {
    SenderHarness h;
    h.submit(2);
    h.run();
    h.answer(1, {.status = status, .body = status == 204 ? "" : "whatever"});
    EXPECT_EQ(h.totals().exported, 2u) << status;
    EXPECT_TRUE(h.lines.empty());
  }
}

TEST(Sender, counts_and_logs_rejected_spans) {
  SenderHarness h;
  h.submit(10);
  h.run();
  h.answer(1, {.body = partial_success(4)});
  EXPECT_EQ(h.totals().rejected, 4u);
  EXPECT_EQ(h.totals().exported, 6u);
  ASSERT_EQ(h.lines.size(), 1u);
  EXPECT_EQ(h.lines[0], "the backend rejected 4 of 10 spans: too old");
}

TEST(Sender, clamps_an_absurd_count_of_rejected_spans) {
  SenderHarness h;
  h.submit(10);
  h.run();
  h.answer(1, {.body = partial_success(INT64_MAX)});
  EXPECT_EQ(h.totals().rejected, 10u);
  h.submit(10);
  h.run();
  h.answer(2, {.body = partial_success(-3)});
  EXPECT_EQ(h.totals().rejected, 10u);
  EXPECT_EQ(h.totals().exported, 10u);
}

TEST(Sender, counts_a_200_with_garbage_as_exported_and_says_so_once) {
  SenderHarness h;
  for (uint64_t token = 1; token <= 3; ++token) {
    h.submit(5);
    h.run();
    h.answer(token, {.body = "OK"});
  }
  EXPECT_EQ(h.totals().exported, 15u);
  EXPECT_EQ(h.lines.size(), 1u);
}

TEST(Sender, sends_gzip_when_asked) {
  SenderHarness h({.compression = Compression::gzip});
  h.submit(1, std::string(10'000, 'a'));
  h.run();
  ASSERT_EQ(h.transport.under_way().size(), 1u);
  const Post& post = h.transport.under_way()[0];
  EXPECT_EQ(post.encoding, ContentEncoding::gzip);
  EXPECT_LT(post.body.size(), 100u);
  EXPECT_EQ(post.body.substr(0, 2), "\x1f\x8b");
  EXPECT_EQ(h.totals().bytes_encoded, 10'000u);
  EXPECT_EQ(h.totals().bytes_wire, post.body.size());
}

// ---- Refusal

TEST(Sender, never_retries_other_statuses) {
  for (const int status : {301, 307, 400, 401, 403, 404, 405, 408, 415, 500, 501, 505}) {
    SenderHarness h;
    h.submit(2);
    h.run();
    h.answer(1, {.status = status});
    EXPECT_EQ(h.totals().dropped_permanent_error, 2u) << status;
    EXPECT_TRUE(h.sender.idle());
  }
}

TEST(Sender, logs_the_message_of_a_refusal) {
  SenderHarness h;
  h.submit(2);
  h.run();
  h.answer(1, {.status = 400, .body = error_status("span without a name")});
  ASSERT_EQ(h.lines.size(), 1u);
  EXPECT_EQ(h.lines[0], "2 spans dropped, the backend refused them: HTTP 400: span without a name");
}

TEST(Sender, drops_what_failed_for_good_in_transport) {
  SenderHarness h;
  h.submit(2);
  h.run();
  h.answer(1, {.status = 0, .error = "the answer is too large", .retryable = false});
  EXPECT_EQ(h.totals().dropped_permanent_error, 2u);
}

// ---- Retry

TEST(Sender, retries_exactly_429_502_503_504_and_transport_failures) {
  for (const int status : {429, 502, 503, 504, 0}) {
    SenderHarness h;
    h.submit(2);
    h.run();
    h.answer(1, {.status = status});
    EXPECT_TRUE(h.under_way().empty());
    EXPECT_EQ(h.totals().held, 2u) << status;
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
    h.advance(*h.next_round_in() - 1ns);
    EXPECT_TRUE(h.under_way().empty());
    h.advance(1ns);
    EXPECT_EQ(h.under_way(), Tokens{1});
  }
}

TEST(Sender, honours_retry_after_in_seconds) {
  SenderHarness h;
  h.submit(1);
  h.run();
  h.answer(1, {.status = 429, .retry_after = "120"});
  h.advance(120s - 1ns);
  EXPECT_TRUE(h.under_way().empty());
  h.advance(1ns);
  EXPECT_EQ(h.under_way(), Tokens{1});
}

TEST(Sender, honours_retry_after_as_a_date) {
  SenderHarness h;
  using namespace std::chrono;
  h.clock.set_wall(sys_days(1994y / November / 6) + 8h + 49min + 0s);
  h.submit(1);
  h.run();
  h.answer(1, {.status = 503, .retry_after = "Sun, 06 Nov 1994 08:49:37 GMT"});
  h.advance(37s - 1ns);
  EXPECT_TRUE(h.under_way().empty());
  h.advance(1ns);
  EXPECT_EQ(h.under_way(), Tokens{1});
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
  EXPECT_EQ(h.totals().held, 1u);
  h.advance(1'200ms);
  h.answer(1, {});
  EXPECT_EQ(h.totals().exported, 1u);
}

// ---- Outage

TEST(Sender, probes_with_one_batch_in_an_outage_and_sends_all_when_it_ends) {
  SenderHarness h({.requests_in_flight_max = 3});
  h.submit(1);
  h.run();
  h.answer(1, kNoAnswer);
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
  for (int i = 0; i < 3; ++i) h.submit(1);
  h.run();
  for (uint64_t token = 1; token <= 3; ++token) h.answer(token, kNoAnswer);
  Tokens probes;
  for (int i = 0; i < 3; ++i) {
    h.advance(60s);
    ASSERT_EQ(h.under_way().size(), 1u);
    probes.push_back(h.under_way()[0]);
    h.answer(probes.back(), kNoAnswer);
  }
  std::sort(probes.begin(), probes.end());
  EXPECT_EQ(probes, (Tokens{1, 2, 3}));
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
  EXPECT_EQ(h.totals().held, 3u) << "one body beyond the bound at most";
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
  for (uint64_t number = 2; h.totals().dropped_retry_expired == 0; ++number) {
    ASSERT_LT(number, 100u);
    h.submit(1);
    h.advance(2s);
    while (!h.under_way().empty()) {
      const uint64_t token = h.under_way()[0];
      h.answer(token, {.status = token == 1 ? 503 : 200});
    }
  }
  EXPECT_EQ(h.totals().dropped_retry_expired, 7u);
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
  h.sender.skip_backoff(1);
  h.run();
  EXPECT_EQ(h.under_way(), Tokens{1});
}

TEST(Sender, skips_no_retry_after) {
  SenderHarness h;
  h.submit(1);
  h.run();
  h.answer(1, {.status = 503, .retry_after = "30"});
  h.sender.skip_backoff(1);
  h.run();
  EXPECT_TRUE(h.under_way().empty());
  EXPECT_EQ(*h.next_round_in(), 30s);
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

// ---- The end

TEST(Sender, counts_everything_it_gives_up) {
  SenderHarness h(
      {.requests_in_flight_max = 1, .retry_bytes_max = 100 + 2 * RetryQueue::kBatchBytes});
  SettledTracker::Watch watch(h.tracker);
  h.submit(1, std::string(50, 'a'));
  h.submit(2, std::string(50, 'b'));
  h.submit(4, "not taken");
  h.run();
  EXPECT_EQ(h.under_way(), Tokens{1});
  EXPECT_EQ(h.exchange.span_count(), 4u);
  h.sender.drop_all();
  h.expect_balance();
  EXPECT_TRUE(h.under_way().empty());
  EXPECT_EQ(h.totals().dropped_after_shutdown, 7u);
  EXPECT_TRUE(h.sender.idle());
  EXPECT_EQ(watch.wait(3, TimePoint{}), FlushOutcome::lost);
}

TEST(Sender, tells_no_flush_of_what_it_gives_up_later) {
  SenderHarness h;
  SettledTracker::Watch watch(h.tracker);
  h.submit(1);
  h.run();
  h.answer(1, {});
  h.submit(1, "not taken");
  h.sender.drop_all();
  EXPECT_EQ(h.totals().dropped_after_shutdown, 1u);
  EXPECT_EQ(watch.wait(1, TimePoint{}), FlushOutcome::delivered);
  EXPECT_EQ(watch.wait(2, TimePoint{}), FlushOutcome::lost);
}

TEST(Sender, warns_once_when_http2_was_asked_for_and_not_spoken) {
  SenderHarness h({.http_version = HttpVersion::http2});
  for (uint64_t token = 1; token <= 2; ++token) {
    h.submit(1);
    h.run();
    h.answer(token, {.http_major = 1});
  }
  EXPECT_EQ(h.lines.size(), 1u);
}

}  // namespace
}  // namespace cero::core
