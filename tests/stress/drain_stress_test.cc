// Goal: with threads that come and go, a batch thread that drains and flushes that race, every
// record arrives once, whole, and in its ring's order. Method: rings that pass from thread to
// thread, requests read back with protobuf, the ledger of producers and receiver compared. The seed
// is printed.
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "batch/batch_thread.h"
#include "otlp/trace.pb.h"
#include "support/seed.h"
#include "support/test_records.h"

namespace cero::test {
namespace {

using core::SpanRing;

constexpr size_t kRings = 6;
constexpr uint64_t kNumberRange = uint64_t{1} << 32;  // a number is its ring's index and its place

core::TimePoint in_a_minute() { return std::chrono::steady_clock::now() + std::chrono::minutes(1); }

// Reads requests on the batch thread, and gives their bodies back.
class Reader {
 public:
  explicit Reader(core::BodyExchange& exchange) : exchange_(exchange) {}

  void read_all() {
    while (core::Body* body = exchange_.try_take()) {
      otlp::ExportTraceServiceRequest request;
      EXPECT_TRUE(request.ParseFromString(body->bytes));
      for (const auto& scope_spans : request.resource_spans(0).scope_spans()) {
        for (const otlp::Span& span : scope_spans.spans()) read(span);
      }
      exchange_.release(body);
    }
  }
  uint64_t spans() const { return spans_.load(); }

 private:
  void read(const otlp::Span& span) {
    uint64_t number;
    std::memcpy(&number, span.span_id().data(), sizeof(number));
    const uint64_t ring = number / kNumberRange;
    ASSERT_LT(ring, kRings);
    EXPECT_EQ(number % kNumberRange, next_[ring]++);
    const std::string& name = span.name();
    EXPECT_EQ(name.find_first_not_of(static_cast<char>(number & 0x7f)), std::string::npos);
    ++spans_;
  }

  core::BodyExchange& exchange_;
  std::array<uint64_t, kRings> next_{};
  std::atomic<uint64_t> spans_{0};
};

class DrainStress {
 public:
  DrainStress()
      : builder_({}, {}, {500, 128 << 10}),
        stage_({kGeneration, std::chrono::milliseconds(1), {}}, *rings_, tickets_, exchange_,
               builder_, core::WallTime::read()),
        reader_(exchange_),
        thread_(stage_, tickets_, core::SleepPolicy(size_t{32} << 10)) {
    for (SpanRing*& ring : all_) {
      ring = SpanRing::create(size_t{64} << 10, tickets_, budget_);
      EXPECT_TRUE(rings_->add(ring));
    }
    exchange_.set_wakers([this] { reader_.read_all(); },
                         [this](uint32_t) { tickets_.wake_word().wake_for_body(); });
    EXPECT_TRUE(thread_.start());
  }

  // One thread after the other owns the ring, each for a short while.
  void produce(size_t ring, uint64_t seed) {
    std::mt19937_64 random(seed);
    for (int thread = 0; thread < 100; ++thread) {
      const uint64_t thread_seed = random();
      std::thread([this, ring, thread_seed] { push_some(ring, thread_seed); }).join();
    }
  }
  void flush_until(const std::atomic<bool>& done) {
    while (!done.load()) EXPECT_TRUE(thread_.flush(in_a_minute()));
  }

  void finish() {
    EXPECT_TRUE(thread_.flush(in_a_minute()));
    uint64_t pushed = 0;
    for (size_t i = 0; i < kRings; ++i) {
      pushed += next_[i];
      EXPECT_EQ(all_[i]->counters().pushed.value(), next_[i]);
      EXPECT_EQ(all_[i]->counters().dropped.ring_full.value(), refused_[i]);
      EXPECT_EQ(all_[i]->held(), 0);
    }
    EXPECT_EQ(reader_.spans(), pushed);
    EXPECT_EQ(stage_.counters().in_flight.value(), 0);
    EXPECT_EQ(stage_.counters().dropped.corrupt.value(), 0);
  }

 private:
  void push_some(size_t ring, uint64_t seed) {
    std::mt19937_64 random(seed);
    for (uint64_t left = random() % 500; left > 0; --left) {
      const auto size = static_cast<uint32_t>(kRecordBytesMin + 6 + random() % 1500);
      if (all_[ring]->try_push(TestRecord(size, ring * kNumberRange + next_[ring]))) {
        ++next_[ring];
      } else {
        ++refused_[ring];
        std::this_thread::yield();
      }
    }
  }

  core::RingBudget budget_;
  core::TicketQueue tickets_;
  std::unique_ptr<core::RingRegistry> rings_ = std::make_unique<core::RingRegistry>();
  core::BodyExchange exchange_;
  core::RequestBuilder builder_;
  core::BatchStage stage_;
  Reader reader_;
  std::array<SpanRing*, kRings> all_{};
  std::array<uint64_t, kRings> next_{};  // of each ring's owner, one after the other
  std::array<uint64_t, kRings> refused_{};
  core::BatchThread thread_;
};

TEST(DrainStress, delivers_every_record_once_and_in_order) {
  std::mt19937_64 random(test_seed());
  DrainStress test;
  std::atomic<bool> done{false};
  std::vector<std::thread> flushing;
  for (int i = 0; i < 3; ++i) flushing.emplace_back([&] { test.flush_until(done); });
  std::vector<std::thread> producing;
  for (size_t ring = 0; ring < kRings; ++ring) {
    producing.emplace_back([&test, ring, seed = random()] { test.produce(ring, seed); });
  }
  for (std::thread& thread : producing) thread.join();
  done.store(true);
  for (std::thread& thread : flushing) thread.join();
  test.finish();
}

}  // namespace
}  // namespace cero::test
