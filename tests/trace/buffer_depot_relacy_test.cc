// Goal: E1, I1 and I2 of BufferDepot are enough: a buffer that was put is one taker's alone, with
// the fields that the other thread left in it, and none is lost or handed out twice. Method: the
// stack of trace/buffer_depot.cc restated under Relacy's atomics; then the same with one order
// weakened, or without the tag.
#include <array>

#include "support/relacy.h"

namespace cero::test {
namespace {

using rl::memory_order;

struct Protocol {
  memory_order put = rl::mo_release;   // E1
  memory_order take = rl::mo_acquire;  // E1
  unsigned tag_step = 1;               // I2
};

// Buffers are numbered from 1; 0 is none.
constexpr unsigned kBuffers = 3;
constexpr unsigned kTagShift = 8;

struct Buffer {
  rl::atomic<unsigned> next{0};
  rl::var<unsigned> owner{0};
};

template <Protocol protocol>
class Depot {
 public:
  // Up to two of them, as a pool takes several.
  unsigned take(std::array<unsigned, 2>& taken) {
    unsigned top = top_.load(protocol.take, $);
    for (;;) {
      unsigned next = number_of(top);
      unsigned count = 0;
      for (; next != 0 && count < taken.size(); ++count) {
        taken[count] = next;
        next = buffer(next).next.load(rl::mo_relaxed, $);  // I1
      }
      if (count == 0) return 0;
      const unsigned tag = (top >> kTagShift) + protocol.tag_step;
      if (top_.compare_exchange_weak(top, tag << kTagShift | next, protocol.take, $, protocol.take,
                                     $))
        return count;
    }
  }
  void put(unsigned number) {
    unsigned top = top_.load(rl::mo_relaxed, $);
    do {
      buffer(number).next.store(number_of(top), rl::mo_relaxed, $);
    } while (!top_.compare_exchange_weak(top, top >> kTagShift << kTagShift | number, protocol.put,
                                         $, rl::mo_relaxed, $));
  }
  Buffer& buffer(unsigned number) { return buffers_[number - 1]; }

 private:
  static unsigned number_of(unsigned top) { return top & ((1U << kTagShift) - 1); }

  rl::atomic<unsigned> top_{0};
  std::array<Buffer, kBuffers> buffers_;
};

template <Protocol protocol>
struct DepotSuite : rl::test_suite<DepotSuite<protocol>, 3> {
  Depot<protocol> depot;
  std::array<bool, kBuffers> is_taken{};

  void before() {
    for (unsigned number = 1; number <= kBuffers; ++number) depot.put(number);
  }

  // What a thread has taken is its own: it writes there, and puts it back.
  void use_some() {
    std::array<unsigned, 2> taken{};
    const unsigned count = depot.take(taken);
    for (unsigned i = 0; i < count; ++i) {
      RL_ASSERT(!is_taken[taken[i] - 1]);
      is_taken[taken[i] - 1] = true;
      depot.buffer(taken[i]).owner($) = taken[i];
    }
    for (unsigned i = 0; i < count; ++i) {
      RL_ASSERT(depot.buffer(taken[i]).owner($) == taken[i]);
      is_taken[taken[i] - 1] = false;
      depot.put(taken[i]);
    }
  }

  void thread(unsigned) {
    for (int i = 0; i < 2; ++i) use_some();
  }

  void after() {
    unsigned left = 0;
    std::array<unsigned, 2> taken{};
    while (const unsigned count = depot.take(taken)) {
      left += count;
      for (unsigned i = 0; i < count; ++i) {
        RL_ASSERT(!is_taken[taken[i] - 1]);
        is_taken[taken[i] - 1] = true;
      }
    }
    RL_ASSERT(left == kBuffers);
  }
};

TEST(BufferDepotProtocol, holds) { expect_model_holds<DepotSuite<Protocol{}>>(); }

TEST(BufferDepotProtocol, breaks_when_a_return_does_not_publish_the_buffer) {
  expect_model_breaks<DepotSuite<Protocol{.put = rl::mo_relaxed}>>(rl::test_result_data_race);
  expect_model_breaks<DepotSuite<Protocol{.take = rl::mo_relaxed}>>(rl::test_result_data_race);
}

TEST(BufferDepotProtocol, breaks_without_the_tag) {
  expect_model_breaks<DepotSuite<Protocol{.tag_step = 0}>>(rl::test_result_data_race);
}

}  // namespace
}  // namespace cero::test
