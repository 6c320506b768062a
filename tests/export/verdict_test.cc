// Goal: each answer means one thing for the spans. Method: answers made by hand; the sender's tests
// have what follows from them.
#include "export/verdict.h"

#include <gtest/gtest.h>

#include "otlp/trace.pb.h"

namespace cero::core {
namespace {

using Kind = Verdict::Kind;

Verdict judge_text(int status, std::string_view text) {
  return judge({.status = status, .body = text, .content_type = "text/plain"}, 1);
}

TEST(Verdict, any_2xx_is_delivered) {
  for (const int status : {200, 201, 202, 204, 299}) {
    EXPECT_EQ(judge({.status = status}, 1).kind, Kind::delivered) << status;
  }
}

TEST(Verdict, a_200_may_reject_as_many_spans_as_were_sent) {
  for (const auto& [told, rejected] : std::vector<std::pair<int64_t, uint32_t>>{
           {-1, 0}, {0, 0}, {3, 3}, {10, 10}, {11, 10}, {INT64_MAX, 10}}) {
    otlp::ExportTraceServiceResponse response;
    response.mutable_partial_success()->set_rejected_spans(told);
    response.mutable_partial_success()->set_error_message("too old");
    const std::string body = response.SerializeAsString();
    const Verdict verdict = judge({.status = 200, .body = body}, 10);
    EXPECT_EQ(verdict.kind, Kind::delivered);
    EXPECT_EQ(verdict.rejected, rejected);
    EXPECT_EQ(verdict.message, "too old");
    EXPECT_FALSE(verdict.unreadable);
  }
}

TEST(Verdict, a_200_that_is_no_otlp_is_delivered_and_unreadable) {
  const Verdict verdict = judge({.status = 200, .body = "OK"}, 10);
  EXPECT_EQ(verdict.kind, Kind::delivered);
  EXPECT_TRUE(verdict.unreadable);
}

TEST(Verdict, four_statuses_are_worth_a_retry) {
  for (int status = 300; status < 600; ++status) {
    const bool retryable = status == 429 || status == 502 || status == 503 || status == 504;
    EXPECT_EQ(judge({.status = status}, 1).kind == Kind::retry, retryable) << status;
  }
}

TEST(Verdict, no_answer_is_as_the_transport_says) {
  const Verdict later = judge({.status = 0, .error = "no route", .retryable = true}, 1);
  EXPECT_EQ(later.kind, Kind::retry);
  EXPECT_EQ(later.message, "no route");
  EXPECT_EQ(judge({.status = 0, .error = "too large", .retryable = false}, 1).kind, Kind::refused);
}

TEST(Verdict, a_refusal_says_what_the_server_said) {
  EXPECT_EQ(judge_text(401, "who are you?").kind, Kind::refused);
  EXPECT_EQ(judge_text(401, "who are you?").message, "HTTP 401: who are you?");
  EXPECT_EQ(judge({.status = 404}, 1).message, "HTTP 404");
  EXPECT_EQ(judge_text(407, "who are you?").message,
            "HTTP 407 (a proxy answers, which wants a user and a password): who are you?");
  EXPECT_EQ(
      judge_text(302, "moved").message,
      "HTTP 302, a redirect, which is not followed: make exporter.endpoint the URL it leads to");
}

TEST(Verdict, a_413_is_about_the_size_of_the_request) {
  EXPECT_EQ(judge_text(413, "at most 6 MB").kind, Kind::too_large);
  EXPECT_EQ(judge_text(413, "at most 6 MB").message, "HTTP 413: at most 6 MB");
}

TEST(Verdict, a_400_whose_words_are_about_the_size_is_as_well) {
  EXPECT_EQ(judge_text(400, "http: request body too large").kind, Kind::too_large);
  EXPECT_EQ(judge_text(400, "Payload Too Large").kind, Kind::too_large);
  EXPECT_EQ(judge_text(400, "number too large").kind, Kind::refused);
  EXPECT_EQ(judge_text(429, "grpc: received message larger than max").kind, Kind::too_large);
  EXPECT_EQ(judge_text(500, "request entity too large").kind, Kind::too_large);
  EXPECT_EQ(judge_text(429, "too many requests").kind, Kind::retry);
  EXPECT_EQ(judge_text(403, "request body too large").kind, Kind::refused);
}

TEST(Verdict, a_415_or_a_400_that_names_the_encoding_refuses_the_encoding_alone) {
  EXPECT_EQ(judge({.status = 415}, 1).kind, Kind::encoding_refused);
  EXPECT_EQ(judge_text(400, "unknown Content-Encoding").kind, Kind::encoding_refused);
  EXPECT_EQ(judge_text(400, "cannot read ZSTD").kind, Kind::encoding_refused);
  EXPECT_EQ(judge_text(400, "bad span").kind, Kind::refused);
  EXPECT_EQ(judge_text(403, "no zstd here").kind, Kind::refused);
}

}  // namespace
}  // namespace cero::core
