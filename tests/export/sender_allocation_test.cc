// Goal: in a steady state the sender allocates nothing: it is what runs outside libcurl between a
// body and the socket. Method: operator new counts; a transport that itself allocates nothing
// answers each post with an empty 200.
#include <gtest/gtest.h>

#include <array>

#include "compress/zstd_compressor.h"
#include "export/sender.h"
#include "support/allocation_count.h"
#include "support/manual_clock.h"
#include "support/trace_bodies.h"

namespace cero::core {
namespace {

// Answers everything under way at the next poll.
class InstantTransport final : public Transport {
 public:
  bool start(const Post& post) override {
    posts_[count_++] = post;
    return true;
  }
  void poll(TimePoint, CompletionHandler& handler) override {
    while (count_ > 0)
      handler.on_completion({.token = posts_[--count_].token, .status = 200, .http_major = 1});
  }
  void wakeup() noexcept override {}
  void abort_all() noexcept override { count_ = 0; }
  uint64_t connection_count() const noexcept override { return 1; }

 private:
  std::array<Post, 8> posts_;
  size_t count_ = 0;
};

class SenderAllocation : public testing::TestWithParam<Compression> {};

TEST_P(SenderAllocation, is_none_in_a_steady_state) {
  if (GetParam() == Compression::zstd && !has_zstd()) GTEST_SKIP() << "built without libzstd";
  BodyExchange exchange;
  InstantTransport transport;
  test::ManualClock clock;
  Log log(nullptr, clock);
  ExportCounters counters;
  SettledTracker tracker;
  Exporter options{.compression = GetParam()};
  if (options.compression == Compression::gzip) options.compression_level = 1;  // at any load
  Sender sender(options, {exchange, transport, clock, log, counters, tracker});
  test::TraceBodies bodies(1);
  const std::array<std::string, 3> contents = {bodies.next(400), bodies.next(10), bodies.next(300)};
  uint64_t number = 0;
  const auto deliver = [&](int rounds) {
    for (int i = 0; i < rounds; ++i) {
      while (Body* body = exchange.try_acquire()) {
        body->bytes = contents[++number % contents.size()];
        body->span_count = 1;
        body->number = number;
        exchange.submit(body);
      }
      sender.round(TimePoint::max());
    }
  };
  deliver(50);
  const uint64_t before = test::allocation_count();
  deliver(200);
  EXPECT_EQ(test::allocation_count() - before, 0u);
  EXPECT_GE(counters.read().exported, 240u);
}

INSTANTIATE_TEST_SUITE_P(Bodies, SenderAllocation,
                         testing::Values(Compression::none, Compression::gzip, Compression::zstd),
                         [](const auto& test) {
                           return test.param == Compression::none   ? "plain"
                                  : test.param == Compression::gzip ? "gzip"
                                                                    : "zstd";
                         });

}  // namespace
}  // namespace cero::core
