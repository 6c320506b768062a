// Goal: without a fixed level the sender tells its policy the truth: a thread that falls behind
// gives up compression, one that waits for a slow backend does not, and a fixed level stays.
// Method: the Sender on a FakeTransport and a ManualClock that moves where the sender waits;
// SenderHarness checks the ledger after each round. What the policy makes of it has its own test.
#include <gtest/gtest.h>

#include "compress/inflate_gzip.h"
#include "export/sender_harness.h"

namespace cero::core {
namespace {

using namespace std::chrono_literals;
using test::SenderHarness;

const std::string kBody(10'000, 'a');

// Rounds in which bodies are always waiting, each answered at once.
ContentEncoding encoding_when_behind(SenderHarness& h) {
  ContentEncoding last = ContentEncoding::gzip;
  for (int round = 0; round < 20; ++round) {
    while (h.submit(1, kBody)) {
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

TEST(AdaptiveLevel, sends_bodies_as_they_are_while_the_thread_is_behind) {
  SenderHarness h({.compression = Compression::gzip});
  EXPECT_EQ(encoding_when_behind(h), ContentEncoding::identity);
  deliver_all(h);
}

TEST(AdaptiveLevel, compresses_again_when_the_thread_has_time) {
  SenderHarness h({.compression = Compression::gzip});
  encoding_when_behind(h);
  deliver_all(h);
  h.transport.on_wait = [&] { h.clock.advance(1s); };
  for (int i = 0; i < 20; ++i) {
    h.submit(1, kBody);
    h.run();
    ASSERT_EQ(h.under_way().size(), 1u);
    if (i == 19) {
      EXPECT_EQ(test::inflate_gzip(h.transport.under_way()[0].body, kBody.size()), kBody);
    }
    h.answer(h.under_way()[0], {});
  }
}

TEST(AdaptiveLevel, keeps_compressing_for_a_backend_that_is_slow) {
  SenderHarness h(
      {.compression = Compression::gzip, .retry_bytes_max = 4 * RetryQueue::kBatchBytes});
  h.transport.on_wait = [&] { h.clock.advance(1s); };
  for (int i = 0; i < 20; ++i) {
    while (h.submit(1, kBody)) {
    }
    h.run();
    ASSERT_FALSE(h.under_way().empty());
    EXPECT_EQ(h.transport.under_way().back().encoding, ContentEncoding::gzip);
    h.answer(h.under_way()[0], {});
  }
}

TEST(AdaptiveLevel, leaves_a_fixed_level_alone) {
  SenderHarness h({.compression = Compression::gzip, .compression_level = 6});
  EXPECT_EQ(encoding_when_behind(h), ContentEncoding::gzip);
}

}  // namespace
}  // namespace cero::core
