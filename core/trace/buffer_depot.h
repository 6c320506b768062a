// BufferDepot: the span buffers of the process that no thread has at hand.
//
// A stack without locks, since a signal handler may return a buffer whatever its thread is at.
// Threads take from it and return to it several at a time (span_pool.h). Buffers are made from
// lumps of mapped memory, charged to OpenSpanBudget, and never freed. One thread at a time makes a
// lump: others that find the stack empty wait for what it leaves there, or they would use up the
// budget for lumps of which each needs a part.
//
// I1  A buffer's `next` is written by who has it. Others may read an old one: it is a buffer's
//     address in any case, and the exchange that would use it fails, since
// I2  each take changes the tag beside the top, so a top that looks as before is as before.
// E1  top_: release in put -> acquire in take. Publishes the buffers' fields and next links, those
//     below the top too: all that write top_ are exchanges, which go on with a release sequence.
//
// tests/trace/buffer_depot_relacy_test.cc has the protocol under a model checker: change both.
#ifndef CERO_CORE_TRACE_BUFFER_DEPOT_H_
#define CERO_CORE_TRACE_BUFFER_DEPOT_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>

#include "cero/detail/span_buffer.h"

namespace cero::core {

using detail::SpanBuffer;

class BufferDepot {
 public:
  // Up to `count_max` of them, as a list that ends with nullptr. Maps more when there are none;
  // nullptr: the budget is used up.
  SpanBuffer* take(uint32_t count_max) noexcept;
  // A list, of buffers that are of this process and keep no block of their own.
  void put(SpanBuffer* first, SpanBuffer* last) noexcept;

  // In a forked child, while it has one thread: the parent's buffers are left where they are.
  void begin_child() noexcept;

 private:
  SpanBuffer* try_take(uint32_t count_max) noexcept;
  SpanBuffer* take_new(uint32_t count_max) noexcept;

  std::mutex making_;             // one lump at a time
  std::atomic<uint64_t> top_{0};  // a buffer's address, and a tag in the bits that it leaves free
};

extern constinit BufferDepot buffer_depot;

// A buffer outside every pool, for a span that cannot record but must carry its context. nullptr:
// no memory at all.
SpanBuffer* make_loose_buffer() noexcept;
void free_loose_buffer(SpanBuffer* buffer) noexcept;
constexpr uint32_t kLooseBuffer = UINT32_MAX;  // instead of a number of forks

}  // namespace cero::core

#endif  // CERO_CORE_TRACE_BUFFER_DEPOT_H_
