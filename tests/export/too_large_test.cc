// Goal: a backend that finds requests too large gets every span that is small enough for it, in
// requests that are whole; a span that alone is too large is dropped with what the backend said.
// Method: the Sender on a FakeTransport that weighs each body; bodies of the protobuf messages;
// SenderHarness checks the ledger after each round.
#include <gtest/gtest.h>

#include <set>

#include "compress/inflate_gzip.h"
#include "compress/zstd_compressor.h"
#include "export/grpc_answers.h"
#include "export/sender_harness.h"
#include "otlp/trace.pb.h"
#include "support/allocation_count.h"
#include "support/trace_bodies.h"

namespace cero::core {
namespace {

using namespace std::chrono_literals;
using test::SenderHarness;

std::set<std::string> span_ids(const std::string& request) {
  otlp::ExportTraceServiceRequest message;
  EXPECT_TRUE(message.ParseFromString(request));
  std::set<std::string> ids;
  for (const auto& resource : message.resource_spans()) {
    EXPECT_EQ(resource.resource().attributes_size(), 1);
    for (const auto& scope : resource.scope_spans()) {
      EXPECT_EQ(scope.scope().name(), "shop.http");
      for (const auto& span : scope.spans()) ids.insert(span.span_id());
    }
  }
  return ids;
}

std::string plain(const Post& post, bool grpc) {
  const std::string_view bytes = post.body.substr(grpc ? kGrpcPrefixBytes : 0);
  std::string body;
  switch (post.encoding) {
    case ContentEncoding::identity:
      return std::string(bytes);
    case ContentEncoding::gzip:
      return test::inflate_gzip(bytes, 1 << 20);
    case ContentEncoding::zstd:
      EXPECT_TRUE(zstd_decompress(bytes, 1 << 20, &body));
  }
  return body;
}

// A backend that takes requests of so many spans at most.
struct LimitedBackend {
  size_t spans_max;
  test::FakeTransport::Answer ok = {};
  test::FakeTransport::Answer too_large = {
      .status = 413, .body = "at most 10", .content_type = "text/plain"};
  bool grpc = false;
  std::set<std::string> received = {};
  uint64_t request_count = 0;

  // Until nothing is under way; the ids of what came are in `received`, none of them twice.
  void answer_all(SenderHarness& h) {
    while (!h.under_way().empty()) {
      const Post post = h.transport.under_way()[0];
      const std::set<std::string> ids = span_ids(plain(post, grpc));
      ++request_count;
      const bool takes = ids.size() <= spans_max;
      if (takes) {
        for (const std::string& id : ids) EXPECT_TRUE(received.insert(id).second);
      }
      h.answer(post.token, takes ? ok : too_large);
    }
  }
};

class TooLarge : public testing::TestWithParam<Compression> {
 protected:
  void SetUp() override {
    if (GetParam() == Compression::zstd && !has_zstd()) GTEST_SKIP() << "built without libzstd";
  }
};

TEST_P(TooLarge, requests_go_in_halves_until_they_are_small_enough) {
  SenderHarness h({.compression = GetParam()});
  const std::string body = test::TraceBodies(1).next(100);
  SettledTracker::Watch watch(h.tracker);
  h.submit(100, body);
  h.run();
  LimitedBackend backend{.spans_max = 10};
  backend.answer_all(h);
  EXPECT_EQ(backend.received, span_ids(body));
  EXPECT_EQ(h.totals().exported, 100u);
  EXPECT_EQ(h.totals().retries, 0u) << "a half is not the request again";
  EXPECT_TRUE(h.sender.idle());
  EXPECT_EQ(watch.wait(1, TimePoint{}), FlushOutcome::delivered);
  ASSERT_FALSE(h.lines.empty());
  EXPECT_EQ(h.lines[0],
            "the backend at http://localhost:4318/v1/traces finds a request of 100 spans too "
            "large, which goes in halves: lower "
            "batch.bytes_max to below its limit: HTTP 413: at most 10");
}

TEST_P(TooLarge, a_span_that_alone_is_too_large_is_dropped_with_the_reason) {
  SenderHarness h({.compression = GetParam()});
  SettledTracker::Watch watch(h.tracker);
  h.submit(5, test::TraceBodies(1).next(5));
  h.run();
  LimitedBackend backend{.spans_max = 0};
  backend.answer_all(h);
  EXPECT_TRUE(h.under_way().empty()) << "it finds everything too large, and is left alone";
  for (int i = 0; i < 10; ++i) {
    h.advance(60s);
    backend.answer_all(h);
  }
  EXPECT_EQ(h.totals().dropped.permanent_error, 5u);
  EXPECT_EQ(backend.request_count, 9u) << "a binary tree with five leaves";
  EXPECT_EQ(watch.wait(1, TimePoint{}), FlushOutcome::lost);
  ASSERT_GE(h.lines.size(), 2u);
  EXPECT_EQ(h.lines[1],
            "1 span dropped as permanent_error, the backend at http://localhost:4318/v1/traces "
            "refused it: HTTP 413: at most 10");
}

// They would hold up all that is small, one for each backoff.
TEST(LargeSpans, are_no_outage_where_smaller_ones_are_taken) {
  SenderHarness h({.requests_in_flight_max = 1});
  test::TraceBodies bodies(1);
  const auto answer = [&](int status) {
    ASSERT_EQ(h.under_way().size(), 1u);
    h.answer(h.transport.under_way()[0].token, {.status = status});
  };
  h.submit(1, bodies.next(1));
  h.run();
  answer(200);
  for (int i = 0; i < 20; ++i) {
    h.submit(1, bodies.next(20));  // as large as one of a prompt
    h.run();
    answer(413);
  }
  h.submit(1, bodies.next(1));
  h.run();
  answer(200);
  EXPECT_EQ(h.totals().dropped.permanent_error, 20u);
  EXPECT_EQ(h.totals().exported, 2u);
}

INSTANTIATE_TEST_SUITE_P(Encodings, TooLarge,
                         testing::Values(Compression::none, Compression::gzip, Compression::zstd),
                         [](const auto& test) {
                           return test.param == Compression::none   ? "plain"
                                  : test.param == Compression::gzip ? "gzip"
                                                                    : "zstd";
                         });

TEST(GrpcTooLarge, is_said_in_words_and_splits_as_well) {
  const std::pair<int, const char*> dialects[] = {
      {8, "grpc: received message larger than max (5000000 vs. 4194304)"},
      {8, "Received message larger than max (5000000 vs 4194304)"},
      {8, "gRPC message exceeds maximum size 4194304%3A 5000000"},
      {8, "Received message exceeds the maximum configured message size."},
      {11, "Error, decoded message length too large: found 5000000 bytes, the limit is: 4194304"},
      {8, "Error, decoded message length too large: found 5000000 bytes, the limit is: 4194304"},
      {13, "Request body too large"}};
  for (const auto& [code, words] : dialects) {
    SenderHarness h({.protocol = Protocol::grpc, .compression = Compression::gzip});
    const std::string body = test::TraceBodies(1).next(20);
    h.submit(20, body);
    h.run();
    LimitedBackend backend{.spans_max = 6,
                           .ok = test::grpc_ok(),
                           .too_large = test::grpc_error(code, words),
                           .grpc = true};
    backend.answer_all(h);
    EXPECT_EQ(backend.received, span_ids(body)) << words;
    EXPECT_EQ(h.totals().exported, 20u);
  }
}

TEST(GrpcTooLarge, is_a_proxys_413_without_a_grpc_status) {
  SenderHarness h({.protocol = Protocol::grpc});
  const std::string body = test::TraceBodies(1).next(20);
  h.submit(20, body);
  h.run();
  LimitedBackend backend{.spans_max = 6, .ok = test::grpc_ok(), .grpc = true};
  backend.answer_all(h);
  EXPECT_EQ(h.totals().exported, 20u);
}

TEST(GrpcTooLarge, is_not_meant_by_every_value_out_of_range) {
  SenderHarness h({.protocol = Protocol::grpc});
  h.submit(4, test::TraceBodies(1).next(4));
  h.run();
  h.answer(1, test::grpc_error(11, "the tenant's clock is ahead"));
  EXPECT_EQ(h.totals().in_flight, 4u) << "which is worth a retry";
}

TEST(GrpcTooLarge, is_not_meant_by_every_exhausted_resource) {
  SenderHarness h({.protocol = Protocol::grpc});
  h.submit(4, test::TraceBodies(1).next(4));
  h.run();
  h.answer(1, test::grpc_error(8, "quota of 10000 spans a month is used up"));
  EXPECT_EQ(h.totals().dropped.permanent_error, 4u);
  EXPECT_EQ(h.totals().requests, 1u);
}

TEST(SenderTooLarge, halves_wait_and_are_tried_again_as_any_batch) {
  SenderHarness h;
  const std::string body = test::TraceBodies(1).next(8);
  h.submit(8, body);
  h.run();
  h.answer(1, {.status = 413});
  ASSERT_EQ(h.under_way().size(), 2u);
  for (const uint64_t token : h.under_way()) h.answer(token, {.status = 503});
  EXPECT_TRUE(h.under_way().empty());
  EXPECT_EQ(h.totals().in_flight, 8u);
  h.advance(2s);
  LimitedBackend backend{.spans_max = 4};
  backend.answer_all(h);
  h.advance(2s);
  backend.answer_all(h);
  EXPECT_EQ(backend.received, span_ids(body));
  EXPECT_EQ(h.totals().exported, 8u);
  EXPECT_TRUE(h.sender.idle());
}

// A backend that takes so many bytes, of the wire or inflated.
struct Weighing {
  uint64_t wire_max = UINT64_MAX;
  uint64_t body_max = UINT64_MAX;
  uint64_t refused_count = 0;

  void answer_all(SenderHarness& h) {
    while (!h.under_way().empty()) {
      const Post post = h.transport.under_way()[0];
      const bool takes = post.body.size() <= wire_max && plain(post, false).size() <= body_max;
      refused_count += takes ? 0 : 1;
      h.answer(post.token, {.status = takes ? 200 : 413});
    }
  }
};

TEST(SenderTooLarge, a_limit_is_learnt_and_bodies_are_cut_before_they_are_sent) {
  for (const bool inflated : {false, true}) {
    SenderHarness h({.compression = Compression::gzip, .compression_level = 1});
    test::TraceBodies bodies(1);
    const std::string body = bodies.next(1'000);
    Weighing backend;
    uint64_t refused_of_first = 0;
    (inflated ? backend.body_max : backend.wire_max) = inflated ? body.size() / 3 : 20'000;
    for (int i = 0; i < 50; ++i) {
      h.submit(1'000, i == 0 ? body : bodies.next(1'000));
      h.run();
      backend.answer_all(h);
      if (i == 0) refused_of_first = backend.refused_count;
    }
    EXPECT_EQ(h.totals().exported, 50'000u);
    EXPECT_GT(refused_of_first, 0u);
    EXPECT_EQ(backend.refused_count, refused_of_first) << (inflated ? "inflated" : "on the wire");
    EXPECT_LT(h.exchange.body_bytes_max(), body.size()) << "cero-batch makes smaller ones";
  }
}

TEST(SenderTooLarge, a_limit_that_was_raised_is_noticed) {
  SenderHarness h;
  test::TraceBodies bodies(1);
  const std::string body = bodies.next(1'000);
  Weighing backend{.body_max = body.size() / 3};
  h.submit(1'000, body);
  h.run();
  backend.answer_all(h);
  EXPECT_LT(h.exchange.body_bytes_max(), body.size() / 2);
  backend.body_max = UINT64_MAX;
  for (int i = 0; i < 4; ++i) {
    h.advance(11min);
    h.submit(1'000, bodies.next(1'000));
    h.run();
    backend.answer_all(h);
  }
  EXPECT_GE(h.exchange.body_bytes_max(), body.size());
  EXPECT_EQ(h.totals().exported, 5'000u);
}

test::FakeTransport::Answer out_of_time(uint64_t bytes_sent) {
  return {.status = 0, .error = "timed out", .timed_out = true, .bytes_sent = bytes_sent};
}

TEST(SenderTooLarge, an_upload_that_runs_out_of_time_twice_goes_in_halves) {
  SenderHarness h;
  const std::string body = test::TraceBodies(1).next(800);
  // A link that lets a quarter of it through in time.
  const uint64_t passes = body.size() * 26 / 100;
  h.submit(800, body);
  h.run();
  for (int i = 0; i < 100 && !h.sender.idle(); ++i) {
    h.advance(10s);
    while (!h.under_way().empty()) {
      const Post post = h.transport.under_way()[0];
      h.answer(post.token,
               post.body.size() <= passes ? test::FakeTransport::Answer{} : out_of_time(passes));
    }
  }
  EXPECT_EQ(h.totals().exported, 800u);
  EXPECT_LE(h.totals().requests, 12u);
  EXPECT_LE(h.exchange.body_bytes_max(), body.size() / 3) << "the next ones are small at once";
}

TEST(SenderTooLarge, one_that_no_byte_of_came_through_stays_whole) {
  SenderHarness h;
  h.submit(8, test::TraceBodies(1).next(8));
  h.run();
  for (int i = 0; i < 10; ++i) {
    h.answer(1, out_of_time(0));
    h.advance(60s);
  }
  EXPECT_EQ(h.sender.batch_count(), 1u);
  EXPECT_EQ(h.exchange.body_bytes_max(), UINT32_MAX);
}

TEST(SenderTooLarge, a_413_to_everything_is_asked_no_request_a_span) {
  SenderHarness h;
  test::TraceBodies bodies(1);
  for (int i = 0; i < 600; ++i) {
    h.submit(50, bodies.next(50));
    h.run();
    while (!h.under_way().empty()) h.answer(h.under_way()[0], {.status = 413});
    h.advance(100ms);
  }
  EXPECT_LT(h.totals().requests, 40u) << "a minute, in which the backoff has grown";
  EXPECT_LT(h.totals().dropped.permanent_error, 20u);
  Weighing backend;
  for (int i = 0; i < 100; ++i) {
    h.advance(1s);
    backend.answer_all(h);
  }
  EXPECT_EQ(h.totals().exported, 30'000u - h.totals().dropped.permanent_error);
}

TEST(SenderTooLarge, a_batch_is_settled_with_its_last_part) {
  SenderHarness h;
  SettledTracker::Watch watch(h.tracker);
  h.submit(2, test::TraceBodies(1).next(2));
  h.run();
  h.answer(1, {.status = 413});
  const auto halves = h.under_way();
  ASSERT_EQ(halves.size(), 2u);
  h.answer(halves[1], {});
  EXPECT_EQ(watch.wait(1, TimePoint{}), FlushOutcome::deadline_exceeded);
  h.answer(halves[0], {.status = 400});
  EXPECT_EQ(watch.wait(1, TimePoint{}), FlushOutcome::lost);
}

TEST(SenderTooLarge, holds_few_parts_at_once) {
  SenderHarness h({.requests_in_flight_max = 1});
  h.submit(1'024, test::TraceBodies(1).next(1'024));
  h.run();
  size_t deepest = 0;
  while (!h.sender.idle()) {
    if (h.under_way().empty()) h.advance(60s);
    ASSERT_EQ(h.under_way().size(), 1u);
    deepest = std::max(deepest, h.sender.batch_count());
    h.answer(h.under_way()[0], {.status = 413});
  }
  EXPECT_EQ(h.totals().dropped.permanent_error, 1'024u);
  EXPECT_LE(deepest, 11u) << "one for each level of the tree";
}

TEST(SenderTooLarge, drops_a_body_that_was_overwritten) {
  SenderHarness h;
  h.submit(4, "no request at all");
  h.run();
  h.answer(1, {.status = 413});
  EXPECT_EQ(h.totals().dropped.permanent_error, 4u);
  ASSERT_EQ(h.lines.size(), 2u);
  EXPECT_EQ(h.lines[1], "4 spans dropped as permanent_error, their body was overwritten in memory");
}

TEST(SenderTooLarge, splits_later_when_there_is_no_memory_now) {
  const std::string body = test::TraceBodies(1).next(50);
  bool failed = true;
  for (uint64_t successes = 0; failed; ++successes) {
    SenderHarness h({.compression = Compression::gzip, .compression_level = 1});
    h.submit(50, body);
    h.run();
    h.transport.answer(1, {.status = 413});
    test::fail_allocation_after(successes);
    h.sender.round(TimePoint::max());
    failed = !test::cancel_failing_allocation();
    h.expect_balance();
    LimitedBackend backend{.spans_max = 25};
    for (int i = 0; i < 3; ++i) {
      h.run();
      backend.answer_all(h);
      h.advance(2s);
    }
    EXPECT_EQ(backend.received, span_ids(body)) << successes;
    EXPECT_EQ(h.totals().exported, 50u) << successes;
    ASSERT_LT(successes, 1'000u);
  }
}

}  // namespace
}  // namespace cero::core
