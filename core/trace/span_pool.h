// SpanPool: the span buffers that one thread has at hand.
//
// Taking and returning one is a few instructions. What a thread has no use for goes to the depot
// (buffer_depot.h), where any thread finds it: a pool keeps some tens of buffers where there are
// few threads, one where there are hundreds, so that all pools together keep a fraction of the
// budget. A span may end on another thread; its buffer then stays there.
#ifndef CERO_CORE_TRACE_SPAN_POOL_H_
#define CERO_CORE_TRACE_SPAN_POOL_H_

#include <cstddef>
#include <cstdint>

#include "base/fork.h"
#include "trace/buffer_depot.h"

namespace cero::core {

class SpanPool {
 public:
  // A look through a pool leaves it so many buffers at most, and so many may come in before the
  // next look.
  static constexpr uint32_t kKeptMax = 32;

  // A thread begins to use it, and ends: nothing is kept in between.
  void begin_use() noexcept;
  void end_use() noexcept;

  // nullptr: the budget is used up.
  SpanBuffer* take() noexcept {
    SpanBuffer* buffer = free_;
    if (buffer == nullptr) [[unlikely]]
      return take_slow();
    free_ = buffer->next.load(std::memory_order_relaxed);  // this thread's own
    return buffer;
  }
  // Whether it may be given back to this pool: a parent of this process made others, or they are
  // loose.
  bool may_keep(const SpanBuffer& buffer) const noexcept {
    return buffer.made_after_forks == made_after_forks_;
  }
  // Precondition: may_keep(*buffer).
  void give_back(SpanBuffer* buffer) noexcept {
    buffer->next.store(free_, std::memory_order_relaxed);
    free_ = buffer;
    if (--returns_left_ == 0) [[unlikely]]
      trim();
  }
  // Makes the next `count` take() calls fast, as far as it may keep so many.
  void prefault(uint32_t count) noexcept;

 private:
  SpanBuffer* take_slow() noexcept;
  void trim() noexcept;
  static void return_all(SpanBuffer* first) noexcept;

  SpanBuffer* free_ = nullptr;
  uint32_t returns_left_ = 1;  // before the next trim()
  const uint32_t made_after_forks_ = fork_count();
};

// In a forked child, while it has one thread: no pool is in use.
void forget_pools() noexcept;

// A buffer that no pool of this thread's can keep, to the depot; its block stays with it.
void give_back_to_depot(SpanBuffer* buffer) noexcept;

}  // namespace cero::core

#endif  // CERO_CORE_TRACE_SPAN_POOL_H_
