// Goal: each batch is settled once, as its answers say. (sender_retry_test.cc has what is sent
// again.) Method: the Sender on a FakeTransport and a ManualClock; SenderHarness checks the
// ledger after each round.
#include "export/sender.h"

#include <gtest/gtest.h>

#include "export/sender_harness.h"
#include "otlp/trace.pb.h"

namespace cero::core {
namespace {

using namespace std::chrono_literals;
using test::SenderHarness;
using test::Tokens;

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
  EXPECT_EQ(h.totals().in_flight, 3u);
  h.answer(1, {});
  EXPECT_EQ(h.totals().exported, 3u);
  EXPECT_EQ(h.totals().in_flight, 0u);
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
  EXPECT_EQ(h.lines[0],
            "the backend at http://localhost:4318/v1/traces rejected 4 of 10 spans: too old");
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
  EXPECT_EQ(h.totals().unreadable_responses, 3u) << "each is counted";
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

TEST(Sender, has_a_line_for_each_attempt_for_who_debugs) {
  std::vector<std::string> lines;
  SenderHarness h({.endpoint = "http://user:secret@host/v1/traces?key=secret",
                   .retry_delay_initial = std::chrono::seconds(1)},
                  LeveledHandler{Severity::debug, [&](Severity severity, std::string_view line) {
                                   if (severity == Severity::debug) lines.emplace_back(line);
                                 }});
  h.submit(3, std::string(100, 'a'));
  h.run();
  h.clock.advance(std::chrono::milliseconds(12));
  h.answer(1, test::kNoAnswer);
  h.advance(std::chrono::seconds(2));
  h.answer(1, {.status = 400});
  EXPECT_EQ(lines, (std::vector<std::string>{
                       "attempt 1 of 3 spans in 100 bytes to the backend at "
                       "http://...@host/v1/traces?...: no answer (connection refused) after 12 ms",
                       "attempt 2 of 3 spans in 100 bytes to the backend at "
                       "http://...@host/v1/traces?...: HTTP 400 after 0 ms"}));
}

TEST(Sender, names_the_variable_that_has_set_the_endpoint) {
  SenderHarness h;
  Sender sender(h.options, {.exchange = h.exchange,
                            .transport = h.transport,
                            .clock = h.clock,
                            .log = h.log,
                            .counters = h.counters,
                            .tracker = h.tracker,
                            .endpoint_variable = "OTEL_EXPORTER_OTLP_ENDPOINT"});
  h.submit(1);
  sender.round(TimePoint::max());
  h.transport.answer(1, test::kNoAnswer);
  sender.round(TimePoint::max());
  ASSERT_EQ(h.lines.size(), 1u);
  EXPECT_EQ(h.lines[0],
            "sending 1 span to the backend at http://localhost:4318/v1/traces "
            "(OTEL_EXPORTER_OTLP_ENDPOINT) failed, will be tried again (1 span waits): connection "
            "refused");
}

// ---- Refusal

TEST(Sender, never_retries_other_statuses) {
  for (const int status : {301, 307, 400, 401, 403, 404, 405, 408, 415, 500, 501, 505}) {
    SenderHarness h;
    h.submit(2);
    h.run();
    h.answer(1, {.status = status});
    EXPECT_EQ(h.totals().dropped.permanent_error, 2u) << status;
    EXPECT_TRUE(h.sender.idle());
  }
}

TEST(Sender, logs_the_message_of_a_refusal) {
  SenderHarness h;
  h.submit(2);
  h.run();
  h.answer(1, {.status = 400, .body = error_status("span without a name")});
  ASSERT_EQ(h.lines.size(), 1u);
  EXPECT_EQ(h.lines[0],
            "2 spans dropped as permanent_error, the backend at http://localhost:4318/v1/traces "
            "refused them: HTTP 400: span without "
            "a name");
}

TEST(Sender, drops_what_failed_for_good_in_transport) {
  SenderHarness h;
  h.submit(2);
  h.run();
  h.answer(1, {.status = 0, .error = "the answer is too large", .retryable = false});
  EXPECT_EQ(h.totals().dropped.permanent_error, 2u);
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
  EXPECT_EQ(h.totals().dropped.after_shutdown, 7u);
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
  EXPECT_EQ(h.totals().dropped.after_shutdown, 1u);
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
