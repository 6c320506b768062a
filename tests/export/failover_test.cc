// Goal: with several endpoints no batch waits while one of them would take it, none is sent twice
// without need, and each endpoint gets what it can read. Method: the Sender on a FakeTransport that
// stands for all of them, and a ManualClock; SenderHarness checks the ledger after each round.
#include <gtest/gtest.h>

#include "compress/inflate_gzip.h"
#include "compress/zstd_compressor.h"
#include "export/sender_harness.h"

namespace cero::core {
namespace {

using namespace std::chrono_literals;
using test::kNoAnswer;
using test::SenderHarness;
using test::Tokens;

Exporter with_endpoints(Exporter exporter, size_t count) {
  exporter.endpoint = "http://one/v1/traces";
  exporter.more_endpoints.resize(count - 1, {.url = "http://more/v1/traces"});
  return exporter;
}

// Where the batch with this token is under way; -1: it is not.
int endpoint_of(const SenderHarness& h, uint64_t token) {
  for (const Post& post : h.transport.under_way()) {
    if (post.token == token) return static_cast<int>(post.endpoint);
  }
  return -1;
}

TEST(Failover, sends_a_failed_batch_to_the_next_endpoint_at_once) {
  SenderHarness h(with_endpoints({}, 3));
  h.submit(2);
  h.run();
  for (const int endpoint : {0, 1, 2}) {
    ASSERT_EQ(endpoint_of(h, 1), endpoint);
    if (endpoint < 2) h.answer(1, kNoAnswer);
  }
  h.answer(1, {});
  EXPECT_EQ(h.totals().exported, 2u);
  EXPECT_EQ(h.totals().requests, 3u);
  EXPECT_EQ(h.totals().retries, 2u);
  EXPECT_EQ(h.totals().endpoints[2].exported, 2u);
  EXPECT_EQ(h.totals().endpoints[0].exported, 0u);
  ASSERT_FALSE(h.lines.empty());
  EXPECT_EQ(h.lines[0],
            "sending 2 spans to backend 1 at http://one/v1/traces failed, will be tried again (2 "
            "spans wait): connection "
            "refused");
}

TEST(Failover, waits_only_when_every_endpoint_has_failed) {
  SenderHarness h(with_endpoints({}, 2));
  h.submit(1);
  h.run();
  h.answer(1, kNoAnswer);
  h.answer(1, {.status = 503});
  EXPECT_TRUE(h.under_way().empty());
  ASSERT_TRUE(h.next_round_in());
  EXPECT_GE(*h.next_round_in(), 800ms);
  EXPECT_LE(*h.next_round_in(), 1'200ms);
  h.advance(1'200ms);
  ASSERT_EQ(h.under_way(), Tokens{1});
  h.answer(1, {});
  EXPECT_EQ(h.totals().exported, 1u);
}

TEST(Failover, comes_back_when_the_first_answers_again) {
  SenderHarness h(with_endpoints({}, 2));
  h.submit(1);
  h.run();
  h.answer(1, kNoAnswer);
  h.answer(1, {});
  h.submit(1);
  h.run();
  EXPECT_EQ(endpoint_of(h, 2), 1) << "the first is given its time";
  h.answer(2, {});
  h.advance(1'200ms);
  h.submit(1);
  h.submit(1);
  h.run();
  EXPECT_EQ(endpoint_of(h, 3), 0) << "the probe";
  EXPECT_EQ(endpoint_of(h, 4), 1) << "nobody else waits for it";
  h.answer(3, {});
  h.answer(4, {});
  h.submit(1);
  h.run();
  EXPECT_EQ(endpoint_of(h, 5), 0);
  h.answer(5, {});
  EXPECT_EQ(h.totals().exported, 5u);
  EXPECT_TRUE(h.totals().endpoints[0].healthy);
  EXPECT_EQ(h.lines.size(), 2u);
  EXPECT_EQ(h.lines.back().find("backend 1 at http://one/v1/traces answers again after"), 0u)
      << h.lines.back();
}

TEST(Failover, loses_no_batch_to_a_probe_that_fails) {
  SenderHarness h(with_endpoints({}, 2));
  h.submit(1);
  h.run();
  h.answer(1, kNoAnswer);
  h.answer(1, {});
  for (uint64_t token = 2; token <= 6; ++token) {
    h.advance(60s);
    h.submit(1);
    h.run();
    ASSERT_EQ(endpoint_of(h, token), 0);
    h.answer(token, kNoAnswer);
    ASSERT_EQ(endpoint_of(h, token), 1) << "at once";
    h.answer(token, {});
  }
  EXPECT_EQ(h.totals().exported, 6u);
  EXPECT_EQ(h.totals().endpoints[0].failures, 6u);
}

TEST(Failover, keeps_its_place_for_each_endpoint_when_one_hangs) {
  SenderHarness h(with_endpoints({.requests_in_flight_max = 1}, 2));
  h.submit(1);
  h.run();
  h.answer(1, kNoAnswer);
  h.answer(1, {});
  h.advance(1'200ms);
  h.submit(1);  // the probe, which hangs
  h.run();
  for (uint64_t token = 3; token <= 5; ++token) {
    h.submit(1);
    h.run();
    ASSERT_EQ(endpoint_of(h, token), 1);
    h.answer(token, {});
  }
  EXPECT_EQ(endpoint_of(h, 2), 0);
  EXPECT_EQ(h.totals().exported, 4u);
}

TEST(Failover, takes_a_refusal_for_final) {
  SenderHarness h(with_endpoints({}, 2));
  h.submit(3);
  h.run();
  h.answer(1, {.status = 400});
  EXPECT_EQ(h.totals().dropped.permanent_error, 3u);
  EXPECT_EQ(h.totals().requests, 1u);
  ASSERT_EQ(h.lines.size(), 1u);
  EXPECT_EQ(h.lines[0],
            "3 spans dropped as permanent_error, backend 1 at http://one/v1/traces refused them: "
            "HTTP 400");
}

TEST(Failover, leaves_an_endpoint_alone_for_its_retry_after_and_goes_on_elsewhere) {
  SenderHarness h(with_endpoints({}, 2));
  h.submit(1);
  h.run();
  h.answer(1, {.status = 429, .retry_after = "120"});
  h.answer(1, {});
  h.advance(119s);
  h.submit(1);
  h.run();
  EXPECT_EQ(endpoint_of(h, 2), 1);
  h.answer(2, {});
  h.advance(1s);
  h.submit(1);
  h.run();
  EXPECT_EQ(endpoint_of(h, 3), 0);
}

TEST(Failover, waits_between_the_turns_of_a_batch_that_all_endpoints_fail) {
  SenderHarness h(with_endpoints({}, 2));
  h.submit(1);
  h.run();
  for (int turn = 0; turn < 5; ++turn) {
    for (int attempt = 0; attempt < 2; ++attempt) {
      while (h.under_way().empty()) {
        ASSERT_TRUE(h.next_round_in());
        h.advance(*h.next_round_in());
      }
      h.answer(1, {.status = 503});
    }
    ASSERT_TRUE(h.under_way().empty()) << "it does not go round and round";
  }
  EXPECT_EQ(h.totals().requests, 10u);
}

TEST(Failover, runs_the_retry_clock_while_any_endpoint_is_healthy) {
  SenderHarness h(with_endpoints({.retry_time_max = 10s}, 2));
  h.submit(7);
  h.run();
  h.answer(1, {.status = 503});
  h.answer(1, {.status = 503});  // both are out of use
  for (int i = 0; i < 20; ++i) {
    h.advance(60s);
    while (!h.under_way().empty()) h.answer(h.under_way()[0], {.status = 503});
  }
  EXPECT_EQ(h.totals().dropped.retry_expired, 0u) << "an outage does not count";
  for (uint64_t number = 2; h.totals().dropped.retry_expired == 0; ++number) {
    ASSERT_LT(number, 5'000u);
    h.submit(1);
    h.advance(100ms);
    while (!h.under_way().empty()) {
      const uint64_t token = h.under_way()[0];
      h.answer(token, {.status = token == 1 ? 503 : 200});
    }
  }
  EXPECT_EQ(h.totals().dropped.retry_expired, 7u);
}

TEST(Failover, gives_up_everything_wherever_it_is_under_way) {
  SenderHarness h(with_endpoints({.endpoint_policy = EndpointPolicy::round_robin}, 2));
  for (int i = 0; i < 4; ++i) h.submit(2);
  h.run();
  EXPECT_EQ(h.under_way().size(), 4u);
  h.sender.drop_all();
  h.expect_balance();
  EXPECT_EQ(h.totals().dropped.after_shutdown, 8u);
  h.submit(1);
  h.run();
  h.answer(5, {});
  EXPECT_EQ(h.totals().exported, 1u);
}

TEST(RoundRobin, sends_to_each_in_turn) {
  SenderHarness h(with_endpoints({.endpoint_policy = EndpointPolicy::round_robin}, 3));
  for (int i = 0; i < 4; ++i) h.submit(1);
  h.run();
  h.submit(1);
  h.submit(1);
  h.run();
  for (uint64_t token = 1; token <= 6; ++token)
    EXPECT_EQ(endpoint_of(h, token), static_cast<int>((token - 1) % 3));
  for (uint64_t token = 1; token <= 6; ++token) h.answer(token, {});
  for (size_t i = 0; i < 3; ++i) EXPECT_EQ(h.totals().endpoints[i].exported, 2u);
}

// ---- What each endpoint can read

struct ZstdEndpoints : testing::Test {
  void SetUp() override {
    if (!has_zstd()) GTEST_SKIP() << "built without libzstd";
  }
  static std::string body(char fill) { return std::string(10'000, fill); }
  static ContentEncoding encoding_of(const SenderHarness& h, uint64_t token) {
    for (const Post& post : h.transport.under_way()) {
      if (post.token == token) return post.encoding;
    }
    throw std::out_of_range("not under way");
  }
};

TEST_F(ZstdEndpoints, one_that_refuses_zstd_gets_gzip_and_the_other_one_still_zstd) {
  SenderHarness h(with_endpoints({.compression = Compression::zstd}, 2));
  h.submit(1, body('a'));
  h.run();
  h.answer(1, {.status = 415});
  EXPECT_EQ(endpoint_of(h, 1), 0);
  EXPECT_EQ(encoding_of(h, 1), ContentEncoding::gzip);
  h.answer(1, kNoAnswer);  // out of use: the second one takes over
  EXPECT_EQ(endpoint_of(h, 1), 1);
  EXPECT_EQ(encoding_of(h, 1), ContentEncoding::gzip) << "which anybody takes";
  h.answer(1, {});
  h.submit(1, body('b'));
  h.run();
  EXPECT_EQ(endpoint_of(h, 2), 1);
  EXPECT_EQ(encoding_of(h, 2), ContentEncoding::zstd);
  h.answer(2, {});
  h.advance(1'200ms);
  h.submit(1, body('c'));
  h.run();
  ASSERT_EQ(endpoint_of(h, 3), 0) << "the probe";
  EXPECT_EQ(encoding_of(h, 3), ContentEncoding::gzip) << "it is remembered";
  EXPECT_EQ(test::inflate_gzip(h.transport.under_way()[0].body, body('c').size()), body('c'));
  h.answer(3, {});
  EXPECT_EQ(h.totals().exported, 3u);
}

}  // namespace
}  // namespace cero::core
