// Goal: a flush hands over all that was in the rings before it, under its number; a stop ends the
// thread however it stands. Method: the real thread, with an exchange whose bodies are read and
// given back at once, or kept to block it.
#include "batch/batch_thread.h"

#include <gtest/gtest.h>

#include "support/test_records.h"

namespace cero::test {
namespace {

using core::SpanRing;
using core::TimePoint;

constexpr uint32_t kRecordBytes = 200;

TimePoint in_a_minute() { return std::chrono::steady_clock::now() + std::chrono::minutes(1); }

class ThreadHarness {
 public:
  explicit ThreadHarness(uint32_t spans_max = 1000)
      : builder_({}, {}, {spans_max, 1 << 20}),
        stage_({kGeneration, std::chrono::hours(1), {}}, *rings_, tickets_, exchange_, builder_,
               core::WallTime::read()),
        ring_(*SpanRing::create(size_t{256} << 10, tickets_, budget_)),
        thread_(stage_, tickets_, core::SleepPolicy(size_t{128} << 10)) {
    EXPECT_TRUE(rings_->add(&ring_));
    exchange_.set_wakers([this] { on_submit(); },
                         [this](uint32_t) { tickets_.wake_word().wake_for_body(); });
    EXPECT_TRUE(thread_.start());
  }

  core::BatchThread& thread() { return thread_; }
  const core::BatchCounters& counters() const { return stage_.counters(); }
  SpanRing& ring() { return ring_; }
  bool push() { return ring_.try_push(TestRecord(kRecordBytes, ++pushed_)); }

  void keep_bodies(bool keep) {
    keeps_bodies_.store(keep);
    if (!keep) on_submit();
  }
  void release_one_body() {
    if (core::Body* body = exchange_.try_take()) release(body);
  }
  uint64_t spans_submitted() const { return exchange_.span_count(); }
  void announce() { tickets_.announce(ring_, /*urgent=*/false); }
  uint64_t spans_received() const { return spans_received_.load(); }

 private:
  void on_submit() {
    if (keeps_bodies_.load()) return;
    while (core::Body* body = exchange_.try_take()) release(body);
  }
  void release(core::Body* body) {
    spans_received_ += body->span_count;
    exchange_.release(body);
  }

  core::RingBudget budget_;
  core::TicketQueue tickets_;
  std::unique_ptr<core::RingRegistry> rings_ = std::make_unique<core::RingRegistry>();
  core::BodyExchange exchange_;
  core::RequestBuilder builder_;
  core::BatchStage stage_;
  SpanRing& ring_;
  uint64_t pushed_ = 0;
  std::atomic<bool> keeps_bodies_{false};
  std::atomic<uint64_t> spans_received_{0};
  core::BatchThread thread_;
};

TEST(BatchThread, flushes_what_was_pushed_before) {
  ThreadHarness test;
  for (uint64_t round = 1; round <= 50; ++round) {
    ASSERT_TRUE(test.push());
    EXPECT_EQ(test.thread().flush(in_a_minute()), round);
    EXPECT_EQ(test.spans_received(), round);
    EXPECT_EQ(test.ring().held(), 0);
  }
}

TEST(BatchThread, answers_an_empty_flush_with_the_last_number) {
  ThreadHarness test;
  EXPECT_EQ(test.thread().flush(in_a_minute()), 0);
  ASSERT_TRUE(test.push());
  EXPECT_EQ(test.thread().flush(in_a_minute()), 1);
  EXPECT_EQ(test.thread().flush(in_a_minute()), 1);
}

TEST(BatchThread, answers_every_one_of_several_flushes) {
  ThreadHarness test;
  ASSERT_TRUE(test.push());
  std::vector<std::thread> flushing;
  flushing.reserve(8);
  for (int i = 0; i < 8; ++i) {
    flushing.emplace_back([&] { EXPECT_EQ(test.thread().flush(in_a_minute()), 1); });
  }
  for (std::thread& thread : flushing) thread.join();
  EXPECT_EQ(test.spans_received(), 1);
}

TEST(BatchThread, gives_a_flush_up_at_its_deadline_while_blocked) {
  ThreadHarness test(/*spans_max=*/1);
  test.keep_bodies(true);
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(test.push());
  EXPECT_EQ(test.thread().flush(std::chrono::steady_clock::now()), std::nullopt);
  test.keep_bodies(false);
  EXPECT_EQ(test.thread().flush(in_a_minute()), 10);
  EXPECT_EQ(test.spans_received(), 10);
}

// A ring that is full and announced again whenever a body becomes free, and a flush meanwhile.
TEST(BatchThread, ends_a_flush_while_a_ring_never_empties) {
  constexpr uint32_t kSpansMax = 10;
  ThreadHarness test(kSpansMax);
  test.keep_bodies(true);
  std::atomic<bool> flushed{false};
  const auto refill = [&] {
    constexpr int kMoreThanAPassTakes = 65;
    while (test.push()) continue;
    for (int i = 0; i < kMoreThanAPassTakes; ++i) test.announce();
  };
  refill();
  std::thread exporting([&] {
    while (!flushed.load()) {
      if (test.spans_submitted() < core::BodyExchange::kBodyCount * kSpansMax) {
        std::this_thread::yield();  // not yet blocked
        continue;
      }
      refill();
      test.release_one_body();
    }
  });
  EXPECT_TRUE(test.thread().flush(in_a_minute()));
  flushed.store(true);
  exporting.join();
  EXPECT_GT(test.spans_received(), 0);
}

TEST(BatchThread, stops_while_blocked_and_counts_its_open_batch) {
  ThreadHarness test(/*spans_max=*/1);
  test.keep_bodies(true);
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(test.push());
  EXPECT_EQ(test.thread().flush(std::chrono::steady_clock::now()), std::nullopt);
  test.thread().stop();
  EXPECT_EQ(test.counters().in_flight.value(), 0);
  EXPECT_LE(test.counters().dropped.after_shutdown.value(), 1);
}

TEST(BatchThread, refuses_a_flush_once_it_has_stopped) {
  ThreadHarness test;
  test.thread().stop();
  EXPECT_EQ(test.thread().flush(in_a_minute()), std::nullopt);
  test.thread().stop();
}

TEST(BatchThread, starts_and_stops_at_any_moment) {
  for (int round = 0; round < 100; ++round) {
    ThreadHarness test;
    ASSERT_TRUE(test.push());
    if (round % 2 == 0) {
      EXPECT_EQ(test.thread().flush(in_a_minute()), 1);
    }
    test.thread().stop();
    EXPECT_EQ(
        test.ring().held() + test.spans_received() + test.counters().dropped.after_shutdown.value(),
        1);
  }
}

}  // namespace
}  // namespace cero::test
