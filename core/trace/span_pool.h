// SpanPool: the buffers of one thread's open spans.
//
// Taking and returning one on its own thread is a few instructions. A buffer that is returned
// elsewhere is pushed onto the owner's stack, which the owner empties with one exchange when its
// own list is empty. Buffers are carved from lumps drawn on a process-wide budget, and are never
// freed: a thread's pool passes to a later thread. A forked child makes pools of its own; a buffer
// of an inherited one is its parent's span.
//
// E1  returned_: release in give_back_from_elsewhere -> acquire in reclaim. Publishes the buffer's
//     fields and its next link.
#ifndef CERO_CORE_TRACE_SPAN_POOL_H_
#define CERO_CORE_TRACE_SPAN_POOL_H_

#include <atomic>
#include <cstdint>

#include "base/fork.h"
#include "cero/detail/span_buffer.h"

namespace cero::core {

using detail::SpanBuffer;

// The memory of all open spans of the process.
class OpenSpanBudget {
 public:
  static void set_max(uint64_t bytes) noexcept;
  static bool try_charge(uint64_t bytes) noexcept;
  static void refund(uint64_t bytes) noexcept;
  // In a forked child: what its parent has charged is not this process's.
  static void begin_child() noexcept;
};

class SpanPool {
 public:
  // Owner. nullptr: the budget is used up.
  SpanBuffer* take() noexcept {
    SpanBuffer* buffer = free_;
    if (buffer == nullptr) [[unlikely]]
      return take_slow();
    free_ = buffer->next;
    return buffer;
  }
  void give_back(SpanBuffer* buffer) noexcept {
    buffer->next = free_;
    free_ = buffer;
  }
  // Owner. Makes the next `count` take() calls fast.
  void prefault(size_t count) noexcept;

  // Any thread. Whether a parent of this process made it.
  bool is_inherited() const noexcept { return made_after_forks_ != fork_count(); }

  // Any other thread.
  void give_back_from_elsewhere(SpanBuffer* buffer) noexcept;

 private:
  SpanBuffer* take_slow() noexcept;
  SpanBuffer* carve() noexcept;

  // ---- Owner only
  SpanBuffer* free_ = nullptr;
  char* lump_ = nullptr;
  size_t lump_left_ = 0;

  // ---- Constant
  const uint32_t made_after_forks_ = fork_count();

  // ---- Written by others
  alignas(64) std::atomic<SpanBuffer*> returned_{nullptr};
};

// A buffer outside every pool, for a span that cannot record but must carry its context. nullptr:
// no memory at all.
SpanBuffer* make_loose_buffer() noexcept;
void free_loose_buffer(SpanBuffer* buffer) noexcept;

// Moves the record to a block of its own with room for `bytes` more, or says why not.
detail::RecordFailure grow(SpanBuffer& buffer, size_t bytes, uint32_t span_bytes_max) noexcept;
// Back to the record in its own block, where a larger one is not worth keeping.
void shrink(SpanBuffer& buffer) noexcept;

}  // namespace cero::core

#endif  // CERO_CORE_TRACE_SPAN_POOL_H_
