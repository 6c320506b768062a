// Goal: SpanRing's edges E1 to E3 and its rebase (I4) are enough: records arrive whole and in
// order, shift_ is never read while it changes, and held() is never negative. Method: ring/
// span_ring.h restated under Relacy's atomics, a byte step as one cell; then the same with one
// order weakened at a time.
#include <array>

#include "support/relacy.h"

namespace cero::test {
namespace {

using rl::memory_order;

struct Orders {
  memory_order head_store = rl::mo_release;     // E1
  memory_order head_load = rl::mo_acquire;      // E1
  memory_order tail_store = rl::mo_release;     // E2
  memory_order tail_load = rl::mo_acquire;      // E2
  memory_order drained_store = rl::mo_release;  // E3
  memory_order drained_load = rl::mo_acquire;   // E3
  bool rebases_only_when_empty = true;          // I4
};

// The first cell of a record holds its size and value, the others its value.
constexpr unsigned kSizeRange = 8;
constexpr unsigned kPadValue = 0;

template <Orders orders>
class Ring {
 public:
  static constexpr unsigned kCapacity = 4;

  bool try_push(unsigned value, unsigned size) {
    const unsigned head = head_.load(rl::mo_relaxed, $);
    const unsigned tail = tail_.load(orders.tail_load, $);
    if (tail == head || !orders.rebases_only_when_empty) shift_($) = 0 - head;
    unsigned offset = (head + unsigned(shift_($))) & (kCapacity - 1);
    unsigned pad = 0;
    if (offset + size > kCapacity) pad = kCapacity - offset;
    if (head + pad + size - tail > kCapacity) return false;
    if (pad != 0) {
      cells_[offset]($) = kPadValue * kSizeRange + pad;
      offset = 0;
    }
    cells_[offset]($) = value * kSizeRange + size;
    for (unsigned i = 1; i < size; ++i) cells_[offset + i]($) = value;
    pushed_.store(pushed_.load(rl::mo_relaxed, $) + 1, rl::mo_relaxed, $);
    head_.store(head + pad + size, orders.head_store, $);
    return true;
  }

  // Takes up to `records_max` records, as a take() that then returns false would.
  template <typename Take>
  void drain(Take take, unsigned records_max) {
    const unsigned begin = tail_.load(rl::mo_relaxed, $);
    const unsigned head = head_.load(orders.head_load, $);
    if (begin >= head) return;
    const unsigned shift = shift_($);
    unsigned tail = begin;
    unsigned count = 0;
    unsigned drained = drained_.load(rl::mo_relaxed, $);
    while (tail < head) {
      const unsigned offset = (tail + shift) & (kCapacity - 1);
      const unsigned first = cells_[offset]($);
      const unsigned value = first / kSizeRange;
      const unsigned size = first % kSizeRange;
      RL_ASSERT(size > 0 && size <= head - tail);
      if (value != kPadValue) {
        drained_.store(drained + 1, orders.drained_store, $);
        if (count++ == records_max) {
          drained_.store(drained, orders.drained_store, $);
          break;
        }
        for (unsigned i = 1; i < size; ++i) RL_ASSERT(unsigned(cells_[offset + i]($)) == value);
        take(value);
        ++drained;
      }
      tail += size;
    }
    tail_.store(tail, orders.tail_store, $);
  }

  int held() {
    const unsigned drained = drained_.load(orders.drained_load, $);
    return static_cast<int>(pushed_.load(rl::mo_relaxed, $) - drained);
  }

 private:
  rl::atomic<unsigned> head_{0};
  rl::var<unsigned> shift_{0};
  rl::atomic<unsigned> pushed_{0};
  rl::atomic<unsigned> tail_{0};
  rl::atomic<unsigned> drained_{0};
  std::array<rl::var<unsigned>, kCapacity> cells_;
};

template <Orders orders>
struct RingSuite : rl::test_suite<RingSuite<orders>, 3> {
  // Every way to meet the end of the ring: exactly, with a pad of one cell and of two.
  static constexpr std::array<unsigned, 6> kSizes = {1, 2, 2, 3, 1, 3};

  Ring<orders> ring;
  unsigned accepted_count = 0;  // by the producer
  std::array<unsigned, kSizes.size()> accepted{};
  unsigned taken_count = 0;  // by the consumer

  void take(unsigned value) {
    RL_ASSERT(taken_count < kSizes.size());
    taken[taken_count++] = value;
  }
  std::array<unsigned, kSizes.size()> taken{};

  void produce() {
    for (unsigned i = 0; i < kSizes.size(); ++i) {
      if (ring.try_push(i + 1, kSizes[i])) accepted[accepted_count++] = i + 1;
    }
  }
  void consume(unsigned records_max) {
    ring.drain([this](unsigned value) { take(value); }, records_max);
  }

  void thread(unsigned index) {
    if (index == 0) produce();
    if (index == 1) {
      for (const unsigned records_max : {9u, 1u, 9u, 9u}) consume(records_max);
    }
    if (index == 2) {
      for (int i = 0; i < 3; ++i) RL_ASSERT(ring.held() >= 0);
    }
  }

  void after() {
    consume(9);
    RL_ASSERT(ring.held() == 0);
    RL_ASSERT(taken_count == accepted_count);
    RL_ASSERT(taken == accepted);
  }
};

TEST(SpanRingProtocol, holds) { expect_model_holds<RingSuite<Orders{}>>(); }

TEST(SpanRingProtocol, breaks_when_head_does_not_publish_the_record) {
  expect_model_breaks<RingSuite<Orders{.head_store = rl::mo_relaxed}>>(rl::test_result_data_race);
  expect_model_breaks<RingSuite<Orders{.head_load = rl::mo_relaxed}>>(rl::test_result_data_race);
}

TEST(SpanRingProtocol, breaks_when_tail_does_not_return_the_bytes) {
  expect_model_breaks<RingSuite<Orders{.tail_store = rl::mo_relaxed}>>(rl::test_result_data_race);
  expect_model_breaks<RingSuite<Orders{.tail_load = rl::mo_relaxed}>>(rl::test_result_data_race);
}

TEST(SpanRingProtocol, breaks_when_it_rebases_while_records_wait) {
  // The consumer looks for a record where none was ever written.
  expect_model_breaks<RingSuite<Orders{.rebases_only_when_empty = false}>>(
      rl::test_result_unitialized_access);
}

TEST(SpanRingProtocol, breaks_when_the_drained_count_is_not_ordered) {
  expect_model_breaks<RingSuite<Orders{.drained_store = rl::mo_relaxed}>>(
      rl::test_result_user_assert_failed);
  expect_model_breaks<RingSuite<Orders{.drained_load = rl::mo_relaxed}>>(
      rl::test_result_user_assert_failed);
}

}  // namespace
}  // namespace cero::test
