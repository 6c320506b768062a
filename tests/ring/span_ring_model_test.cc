// Goal: SpanRing is a queue that refuses only when it has to. Method: random pushes and drains
// (all, some, up to a position) against a std::deque; the seed is printed, CERO_SEED sets it.
#include <deque>

#include "ring/ring_harness.h"
#include "support/seed.h"

namespace cero::test {
namespace {

class RingModel {
 public:
  explicit RingModel(uint64_t seed) : random_(seed) {}

  void step() {
    if (random_() % 1000 < push_weight_) {
      push();
    } else {
      drain();
    }
    // Long runs of more pushes than drains, and the other way round, meet full and empty rings.
    if (random_() % 200 == 0) push_weight_ = random_() % 3 == 0 ? 970 : random_() % 1000;
    ASSERT_EQ(test_.ring.held(), expected_.size());
  }

  void finish() {
    expect_drained(test_.drain());
    ASSERT_TRUE(expected_.empty());
    EXPECT_GT(refused_, 0);
    EXPECT_EQ(test_.ring.counters().dropped.ring_full.value(), refused_);
    EXPECT_EQ(test_.ring.counters().dropped.no_memory.value(), 0);
  }

 private:
  struct Entry {
    uint64_t number;
    size_t stride;
    uint64_t end;  // its position's
  };

  void push() {
    const size_t size = kRecordBytesMin + random_() % (random_() % 8 == 0 ? 20'000 : 400);
    const size_t stride = (size + core::kRecordStep - 1) / core::kRecordStep * core::kRecordStep;
    const bool pushed = test_.push(size, ++number_);
    if (pushed) {
      bytes_ += stride;
      expected_.push_back({number_, stride, test_.ring.stream_end()});
      ASSERT_LE(bytes_, RingHarness::kCapacity);
    } else {
      ++refused_;
      // Each of the waiting records' pads, and its own, is shorter than the largest record.
      ASSERT_GT(bytes_ + stride + size_t{2} * 20'500, RingHarness::kCapacity);
    }
  }

  void drain() {
    switch (random_() % 3) {
      case 0:
        return expect_drained(test_.drain());
      case 1:
        return expect_drained(test_.drain(random_() % 8));
      default:
        if (expected_.empty()) return;
        const Entry& last = expected_[random_() % expected_.size()];
        const std::vector<uint64_t> numbers = test_.drain(SIZE_MAX, last.end);
        ASSERT_FALSE(numbers.empty());
        ASSERT_EQ(numbers.back(), last.number);
        expect_drained(numbers);
    }
  }

  void expect_drained(const std::vector<uint64_t>& numbers) {
    for (const uint64_t number : numbers) {
      ASSERT_FALSE(expected_.empty());
      ASSERT_EQ(number, expected_.front().number);
      bytes_ -= expected_.front().stride;
      expected_.pop_front();
    }
  }

  std::mt19937_64 random_;
  RingHarness test_;
  std::deque<Entry> expected_;
  size_t bytes_ = 0;
  uint64_t number_ = 0;
  uint64_t refused_ = 0;
  uint64_t push_weight_ = 900;
};

TEST(SpanRing, behaves_as_a_deque_under_random_operations) {
  RingModel model(test_seed());
  for (int step = 0; step < 100'000; ++step) {
    model.step();
    if (HasFatalFailure()) return;
  }
  model.finish();
}

}  // namespace
}  // namespace cero::test
