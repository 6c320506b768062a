// Goal: E1 of SpanPool is enough: a buffer that came back from another thread is the owner's alone,
// with the fields the other thread left in it, and none is lost or handed out twice. Method: the
// returned stack of trace/span_pool.cc restated under Relacy's atomics; then the same with one
// order weakened at a time.
#include <array>

#include "support/relacy.h"

namespace cero::test {
namespace {

using rl::memory_order;

struct Orders {
  memory_order give_back = rl::mo_release;  // E1
  memory_order take = rl::mo_acquire;       // E1
};

struct Buffer {
  rl::var<Buffer*> next{nullptr};
  rl::var<unsigned> field{0};
};

template <Orders orders>
class Pool {
 public:
  Buffer* take() {
    Buffer* buffer = free_;
    if (buffer == nullptr) return take_slow();
    free_ = buffer->next($);
    return buffer;
  }
  void give_back(Buffer* buffer) {
    buffer->next($) = free_;
    free_ = buffer;
  }
  void give_back_from_elsewhere(Buffer* buffer) {
    Buffer* top = returned_.load(rl::mo_relaxed, $);
    do {
      buffer->next($) = top;
    } while (!returned_.compare_exchange_weak(top, buffer, orders.give_back, $, rl::mo_relaxed, $));
  }

 private:
  Buffer* take_slow() {
    Buffer* buffer = returned_.exchange(nullptr, orders.take, $);
    if (buffer == nullptr) return nullptr;  // carve() instead
    free_ = buffer->next($);
    return buffer;
  }

  Buffer* free_ = nullptr;  // owner only
  rl::atomic<Buffer*> returned_{nullptr};
};

template <Orders orders>
struct PoolSuite : rl::test_suite<PoolSuite<orders>, 3> {
  static constexpr unsigned kBuffers = 4;

  Pool<orders> pool;
  std::array<Buffer, kBuffers> buffers;
  std::array<bool, kBuffers> is_home{};

  // Each of two other threads has half of the buffers.
  void return_half(unsigned half) {
    for (unsigned i = half; i < kBuffers; i += 2) {
      buffers[i].field($) = i + 1;
      pool.give_back_from_elsewhere(&buffers[i]);
    }
  }

  bool take_one() {
    Buffer* buffer = pool.take();
    if (buffer == nullptr) return false;
    const unsigned value = buffer->field($);
    RL_ASSERT(value >= 1 && value <= kBuffers);
    RL_ASSERT(!is_home[value - 1]);
    is_home[value - 1] = true;
    return true;
  }

  void thread(unsigned index) {
    if (index < 2) return return_half(index);
    for (int i = 0; i < 4; ++i) take_one();
  }

  void after() {
    while (take_one()) continue;
    for (const bool home : is_home) RL_ASSERT(home);
  }
};

TEST(SpanPoolProtocol, holds) { expect_model_holds<PoolSuite<Orders{}>>(); }

TEST(SpanPoolProtocol, breaks_when_a_return_does_not_publish_the_buffer) {
  expect_model_breaks<PoolSuite<Orders{.give_back = rl::mo_relaxed}>>(rl::test_result_data_race);
  expect_model_breaks<PoolSuite<Orders{.take = rl::mo_relaxed}>>(rl::test_result_data_race);
}

}  // namespace
}  // namespace cero::test
