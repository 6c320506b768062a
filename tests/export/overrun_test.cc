// Goal: gzip means gzip. A thread that is behind goes on compressing, whatever the host is busy
// with, until spans are dropped for it; then bodies go uncompressed where the options let them,
// counted, and said when it begins and ends.
// Method: the Sender on a FakeTransport and a ManualClock; the test says what producers dropped.
// SenderHarness checks the ledger after each round. When an overrun begins and ends has its own
// test.
#include <gtest/gtest.h>

#include "compress/inflate_gzip.h"
#include "export/sender_harness.h"

namespace cero::core {
namespace {

using namespace std::chrono_literals;
using test::SenderHarness;

const std::string kBody(10'000, 'a');
constexpr uint32_t kSpans = 3;

// Two seconds of rounds in which bodies are always waiting, each answered at once; so many spans
// are dropped in each round. How the last one went.
ContentEncoding encoding_when_behind(SenderHarness& h, uint64_t dropped,
                                     std::chrono::nanoseconds cpu_per_round = 10ms) {
  ContentEncoding last = ContentEncoding::gzip;
  for (int round = 0; round < 200; ++round) {
    h.clock.advance(10ms);
    h.counters.export_cpu_ns.add(cpu_per_round.count());
    h.spans_dropped += dropped;
    while (h.submit(kSpans, kBody)) {
    }
    h.sender.round(TimePoint::max());
    h.expect_balance();
    for (const uint64_t token : h.under_way()) {
      last = h.transport.under_way().back().encoding;
      h.transport.answer(token, {});
    }
  }
  return last;
}

void deliver_all(SenderHarness& h) {
  h.run();
  while (!h.under_way().empty()) h.answer(h.under_way()[0], {});
  EXPECT_EQ(h.totals().exported, h.spans_submitted);
}

// So many seconds in which a body comes each second.
void have_time(SenderHarness& h, int seconds) {
  h.transport.on_wait = [&h] { h.clock.advance(1s); };
  for (int i = 0; i < seconds; ++i) {
    h.submit(kSpans, kBody);
    h.run();
    ASSERT_EQ(h.under_way().size(), 1u);
    h.answer(h.under_way()[0], {});
  }
}

TEST(Overrun, compresses_while_the_thread_is_behind_and_nothing_is_dropped) {
  SenderHarness h({.compression = Compression::gzip});
  EXPECT_EQ(encoding_when_behind(h, 0), ContentEncoding::gzip);
  deliver_all(h);
  EXPECT_EQ(h.totals().uncompressed_bodies, 0u);
  EXPECT_TRUE(h.lines.empty());
}

TEST(Overrun, sends_bodies_as_they_are_once_spans_are_dropped_and_counts_them) {
  SenderHarness h({.compression = Compression::gzip});
  EXPECT_EQ(encoding_when_behind(h, 10), ContentEncoding::identity);
  deliver_all(h);
  const Stats totals = h.totals();
  EXPECT_GT(totals.uncompressed_bodies, 0u);
  EXPECT_LT(totals.uncompressed_bodies, 110u) << "the first second is compressed";
  EXPECT_EQ(totals.uncompressed_spans, kSpans * totals.uncompressed_bodies);
  EXPECT_GT(totals.bytes_wire, totals.uncompressed_bodies * kBody.size());
}

TEST(Overrun, says_when_it_begins) {
  SenderHarness h({.compression = Compression::gzip});
  encoding_when_behind(h, 10);
  ASSERT_EQ(h.lines.size(), 1u);
  EXPECT_EQ(h.lines[0].find("requests go uncompressed from now on"), 0u) << h.lines[0];
  EXPECT_NE(h.lines[0].find("exporter.uncompressed_when_overrun"), std::string::npos);
  EXPECT_NE(h.lines[0].find("spans dropped so far"), std::string::npos) << h.lines[0];
}

TEST(Overrun, compresses_again_and_says_so_when_the_thread_has_time) {
  SenderHarness h({.compression = Compression::gzip});
  encoding_when_behind(h, 10);
  deliver_all(h);
  const uint64_t bodies = h.totals().uncompressed_bodies;
  have_time(h, 5);
  ASSERT_EQ(h.lines.size(), 2u);
  const uint64_t in_all = h.totals().uncompressed_bodies;
  EXPECT_LE(in_all, bodies + 2);
  EXPECT_EQ(h.lines[1], "requests are compressed again; " + std::to_string(kSpans * in_all) +
                            " spans in " + std::to_string(in_all) +
                            " requests went uncompressed so far");
  h.submit(1, kBody);
  h.run();
  EXPECT_EQ(test::inflate_gzip(h.transport.under_way()[0].body, kBody.size()), kBody);
}

TEST(Overrun, is_none_on_a_host_that_gives_the_thread_too_little_time) {
  SenderHarness h({.compression = Compression::gzip});
  EXPECT_EQ(encoding_when_behind(h, 10, 6ms), ContentEncoding::gzip);
  EXPECT_EQ(h.totals().uncompressed_bodies, 0u);
}

TEST(Overrun, is_none_for_a_backend_that_is_slow) {
  SenderHarness h(
      {.compression = Compression::gzip, .retry_bytes_max = 4 * RetryQueue::kBatchBytes});
  h.transport.on_wait = [&] { h.clock.advance(1s); };
  for (int i = 0; i < 20; ++i) {
    h.spans_dropped += 1'000;
    while (h.submit(1, kBody)) {
    }
    h.run();
    ASSERT_FALSE(h.under_way().empty());
    EXPECT_EQ(h.transport.under_way().back().encoding, ContentEncoding::gzip);
    h.answer(h.under_way()[0], {});
  }
}

TEST(Overrun, is_none_over_a_link_that_may_be_paid_for) {
  SenderHarness h(
      {.endpoint = "https://collector.example/v1/traces", .compression = Compression::gzip});
  EXPECT_EQ(encoding_when_behind(h, 10), ContentEncoding::gzip);
  EXPECT_EQ(h.totals().uncompressed_bodies, 0u);
}

TEST(Overrun, is_one_over_any_link_where_the_option_says_so) {
  SenderHarness h({.endpoint = "https://collector.example/v1/traces",
                   .compression = Compression::gzip,
                   .uncompressed_when_overrun = UncompressedWhenOverrun::always});
  EXPECT_EQ(encoding_when_behind(h, 10), ContentEncoding::identity);
}

TEST(Overrun, leaves_a_level_that_is_set_alone) {
  SenderHarness h({.compression = Compression::gzip, .compression_level = 6});
  EXPECT_EQ(encoding_when_behind(h, 10), ContentEncoding::gzip);
}

}  // namespace
}  // namespace cero::core
