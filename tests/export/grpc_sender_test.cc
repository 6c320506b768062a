// Goal: each gRPC status settles or keeps a batch as the specification says, and a RetryInfo is the
// least that is waited. Method: the Sender on a FakeTransport and a ManualClock; SenderHarness
// checks the ledger after each round.
#include <gtest/gtest.h>

#include <set>

#include "compress/gunzip.h"
#include "export/grpc_answers.h"
#include "export/sender_harness.h"

namespace cero::core {
namespace {

using namespace std::literals;
using test::grpc_error;
using test::grpc_ok;
using test::retry_info;
using test::SenderHarness;

SenderHarness harness(Compression compression = Compression::none) {
  return SenderHarness({.protocol = Protocol::grpc, .compression = compression});
}

// ---- Requests

TEST(GrpcSender, sends_one_message_with_its_prefix) {
  SenderHarness h = harness();
  h.submit(1, "abc");
  h.run();
  EXPECT_EQ(h.transport.under_way().at(0).body, "\0\0\0\0\3abc"sv);
  EXPECT_EQ(h.totals().bytes_encoded, 3u);
  EXPECT_EQ(h.totals().bytes_wire, 8u);
}

TEST(GrpcSender, flags_a_compressed_message) {
  SenderHarness h = harness(Compression::gzip);
  h.submit(1, "abc");
  h.run();
  const Post& post = h.transport.under_way().at(0);
  EXPECT_EQ(post.encoding, ContentEncoding::gzip);
  EXPECT_EQ(post.body[0], '\1');
  EXPECT_EQ(static_cast<size_t>(post.body[4]), post.body.size() - 5);
  EXPECT_EQ(gunzip(post.body.substr(5), 100), "abc");
}

TEST(GrpcSender, sends_the_same_bytes_again) {
  SenderHarness h = harness(Compression::gzip);
  h.submit(1, "abc");
  h.run();
  const std::string first(h.transport.under_way().at(0).body);
  h.answer(1, grpc_error(14));
  h.advance(1h);
  EXPECT_EQ(h.transport.under_way().at(0).body, first);
}

// ---- Statuses

TEST(GrpcSender, retries_six_codes_and_no_other) {
  std::set<int> retried;
  for (int code = 1; code <= 20; ++code) {
    SenderHarness h = harness();
    h.submit(2);
    h.run();
    h.answer(1, grpc_error(code));
    if (h.totals().in_flight == 2) retried.insert(code);
    EXPECT_EQ(h.totals().in_flight + h.totals().dropped.permanent_error, 2u) << code;
  }
  EXPECT_EQ(retried, (std::set{1, 4, 10, 11, 14, 15}));
}

TEST(GrpcSender, retries_resource_exhausted_with_a_retry_info_alone) {
  SenderHarness h = harness();
  h.submit(1);
  h.submit(2);
  h.run();
  h.answer(1, grpc_error(8, "too much", retry_info(0s)));
  h.answer(2, grpc_error(8, "too much"));
  EXPECT_EQ(h.totals().in_flight, 1u);
  EXPECT_EQ(h.totals().dropped.permanent_error, 2u);
}

TEST(GrpcSender, does_not_retry_another_code_for_its_retry_info) {
  SenderHarness h = harness();
  h.submit(1);
  h.run();
  h.answer(1, grpc_error(3, "bad", retry_info(1s)));
  EXPECT_EQ(h.totals().dropped.permanent_error, 1u);
}

TEST(GrpcSender, exports_what_ok_answers) {
  SenderHarness h = harness();
  h.submit(3);
  h.run();
  h.answer(1, grpc_ok());
  EXPECT_EQ(h.totals().exported, 3u);
  EXPECT_TRUE(h.lines.empty());
}

TEST(GrpcSender, counts_rejected_spans_of_a_partial_success) {
  for (const bool compressed : {false, true}) {
    SenderHarness h = harness();
    h.submit(3);
    h.run();
    h.answer(1, grpc_ok(test::partial_success(2, "too old"), compressed));
    EXPECT_EQ(h.totals().rejected, 2u);
    EXPECT_EQ(h.totals().exported, 1u);
    EXPECT_NE(h.lines.at(0).find("too old"), std::string::npos);
  }
}

TEST(GrpcSender, exports_what_ok_answers_in_bytes_that_are_no_message) {
  for (const std::string& body : {""s, "\0\0\0\0\1"s, "\1\0\0\0\1x"s, "\0\0\0\0\1\xff"s}) {
    SenderHarness h = harness();
    h.submit(3);
    h.run();
    h.answer(1, {.body = body, .grpc_status = "0", .http_major = 2});
    EXPECT_EQ(h.totals().exported, 3u);
    EXPECT_EQ(h.lines.size(), 1u);
  }
}

TEST(GrpcSender, holds_an_answer_to_its_bound_when_it_is_inflated) {
  SenderHarness h({.protocol = Protocol::grpc, .response_bytes_max = 1024});
  h.submit(3);
  h.run();
  h.answer(1, grpc_ok(test::partial_success(1, std::string(2000, 'a')), /*compressed=*/true));
  EXPECT_EQ(h.totals().exported, 3u) << "what it would have rejected is not known";
}

TEST(GrpcSender, logs_the_code_and_the_decoded_message) {
  SenderHarness h = harness();
  h.submit(1);
  h.run();
  h.answer(1, grpc_error(7, "no%0A100%25"));
  EXPECT_NE(h.lines.at(0).find("gRPC 7 (PERMISSION_DENIED): no 100%"), std::string::npos)
      << h.lines.at(0);
}

// ---- Answers without a status

TEST(GrpcSender, maps_the_http_status_when_there_is_no_other) {
  std::set<int> retried;
  for (const int status : {200, 204, 302, 400, 401, 403, 404, 408, 413, 429, 500, 502, 503, 504}) {
    SenderHarness h = harness();
    h.submit(1);
    h.run();
    h.answer(1, {.status = status, .body = "<html>", .content_type = "text/html"});
    if (h.totals().in_flight == 1) retried.insert(status);
    EXPECT_EQ(h.totals().in_flight + h.totals().dropped.permanent_error, 1u) << status;
    EXPECT_NE(h.lines.at(0).find("without a gRPC status: <html>"), std::string::npos);
  }
  EXPECT_EQ(retried, (std::set{429, 502, 503, 504}));
}

TEST(GrpcSender, believes_the_status_rather_than_http) {
  SenderHarness h = harness();
  h.submit(1);
  h.run();
  test::FakeTransport::Answer answer = grpc_error(16, "who?");
  answer.status = 503;
  h.answer(1, answer);
  EXPECT_EQ(h.totals().dropped.permanent_error, 1u);
}

TEST(GrpcSender, takes_a_status_that_is_no_number_for_none) {
  for (const char* status : {"OK", "0x", " 0", "-1", "99999999999"}) {
    SenderHarness h = harness();
    h.submit(1);
    h.run();
    h.answer(1, {.status = 200, .grpc_status = status});
    EXPECT_EQ(h.totals().dropped.permanent_error, 1u) << status;
  }
}

TEST(GrpcSender, believes_a_whole_message_whose_trailers_were_lost) {
  SenderHarness h = harness();
  h.submit(3);
  h.run();
  test::FakeTransport::Answer answer = grpc_ok(test::partial_success(2, "too old"));
  answer.grpc_status.clear();
  answer.content_type = "application/grpc+proto";
  h.answer(1, answer);
  EXPECT_EQ(h.totals().exported, 1u);
  EXPECT_EQ(h.totals().rejected, 2u);
}

TEST(GrpcSender, retries_an_answer_that_ended_before_its_message_or_status) {
  for (const std::string& body : {""s, "\0\0\0\0\1"s}) {
    SenderHarness h = harness();
    h.submit(1);
    h.run();
    h.answer(1, {.body = body, .content_type = "application/grpc", .http_major = 2});
    EXPECT_EQ(h.totals().in_flight, 1u);
    EXPECT_NE(h.lines.at(0).find("ended before its gRPC status"), std::string::npos);
  }
}

TEST(GrpcSender, retries_a_request_without_an_answer) {
  SenderHarness h = harness();
  h.submit(1);
  h.run();
  h.answer(1, {.status = 0});
  EXPECT_EQ(h.totals().in_flight, 1u);
}

// ---- Waiting

TEST(GrpcSender, waits_for_a_retry_info_and_at_most_a_fifth_longer) {
  SenderHarness h = harness();
  h.submit(1);
  h.run();
  h.answer(1, grpc_error(14, "busy", retry_info(5s)));
  EXPECT_GE(*h.next_round_in(), 5s);
  EXPECT_LE(*h.next_round_in(), 6s);
}

TEST(GrpcSender, waits_its_own_time_when_that_is_longer) {
  SenderHarness h = harness();
  h.submit(1);
  h.run();
  h.answer(1, grpc_error(14, "busy", retry_info(1ms)));
  EXPECT_GE(*h.next_round_in(), 1s);
}

TEST(GrpcSender, grows_from_a_retry_info_that_comes_again) {
  SenderHarness h = harness();
  h.submit(1);
  h.run();
  h.answer(1, grpc_error(8, "busy", retry_info(4s)));
  h.advance(*h.next_round_in());
  h.answer(1, grpc_error(8, "busy", retry_info(4s)));
  EXPECT_GE(*h.next_round_in(), 6s);
  h.advance(*h.next_round_in());
  h.answer(1, grpc_error(8, "busy", retry_info(4s)));
  EXPECT_GE(*h.next_round_in(), 9s);
  h.advance(*h.next_round_in());
  h.answer(1, grpc_ok());
  EXPECT_EQ(h.totals().exported, 1u);
}

TEST(GrpcSender, skips_no_retry_info) {
  SenderHarness h = harness();
  h.submit(1);
  h.run();
  h.answer(1, grpc_error(14, "busy", retry_info(60s)));
  h.sender.skip_backoff();
  h.run();
  EXPECT_TRUE(h.under_way().empty());
  h.advance(60s);
  EXPECT_EQ(h.under_way().size(), 1u);
}

TEST(GrpcSender, ignores_details_it_cannot_read) {
  SenderHarness h = harness();
  h.submit(1);
  h.run();
  test::FakeTransport::Answer answer = grpc_error(14, "busy");
  answer.grpc_details = "no base64!";
  h.answer(1, answer);
  EXPECT_LE(*h.next_round_in(), 1'200ms);
}

}  // namespace
}  // namespace cero::core
