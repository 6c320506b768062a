#include "trace/buffer_depot.h"

#include <sys/mman.h>

#include <cstdlib>
#include <new>

#include "base/assert.h"
#include "base/errno_kept.h"
#include "base/fork.h"
#include "base/leak_check.h"
#include "trace/open_span_budget.h"
#include "trace/record_block.h"

namespace cero::core {
namespace {

using detail::kInlineRecordBytes;
using detail::kSpanBufferBytes;

constexpr size_t kLumpBuffers = 32;
constexpr size_t kLumpBytes = kLumpBuffers * kSpanBufferBytes;

// Buffers begin at multiples of their size, in the 48 bits of an address that is not asked to be
// higher.
constexpr uint64_t kAddressMask = (uint64_t{1} << 48) - kSpanBufferBytes;

SpanBuffer* buffer_of(uint64_t top) noexcept {
  return reinterpret_cast<SpanBuffer*>(top & kAddressMask);
}

uint64_t same_tag(uint64_t top, const SpanBuffer* buffer) noexcept {
  return (top & ~kAddressMask) | reinterpret_cast<uint64_t>(buffer);
}

// The tag counts up through the low bits into the high ones.
uint64_t next_tag(uint64_t top, const SpanBuffer* buffer) noexcept {
  const uint64_t tag = ((top | kAddressMask) + 1) & ~kAddressMask;
  return tag | reinterpret_cast<uint64_t>(buffer);
}

SpanBuffer* make_buffer(void* memory, uint32_t made_after_forks) noexcept {
  auto* buffer = new (memory) SpanBuffer;  // fields are set when a span starts
  buffer->place_record(&buffer->inline_record, kInlineRecordBytes, 0);
  buffer->own_block_bytes = 0;
  buffer->made_after_forks = made_after_forks;
  return buffer;
}

// Whether this thread makes a lump: a signal handler that interrupted it there must not wait for
// it.
constinit thread_local bool is_making = false;

char* map_lump() noexcept {
  if (!OpenSpanBudget::try_charge_buffers(kLumpBytes)) return nullptr;
  void* memory =
      mmap(nullptr, kLumpBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) {
    OpenSpanBudget::refund_buffers(kLumpBytes);
    return nullptr;
  }
  CERO_ASSERT((reinterpret_cast<uint64_t>(memory) & ~kAddressMask) == 0);
  look_for_pointers_in(memory, kLumpBytes);  // to blocks that buffers keep
  return static_cast<char*>(memory);
}

}  // namespace

constinit BufferDepot buffer_depot;

SpanBuffer* BufferDepot::take(uint32_t count_max) noexcept {
  if (SpanBuffer* taken = try_take(count_max)) return taken;
  if (is_making) return nullptr;
  const ErrnoKept errno_kept;
  is_making = true;
  std::atomic_signal_fence(std::memory_order_seq_cst);
  SpanBuffer* taken;
  {
    const std::lock_guard lock(making_);
    taken = try_take(count_max);  // of a lump that was made meanwhile
    if (taken == nullptr) taken = take_new(count_max);
  }
  std::atomic_signal_fence(std::memory_order_seq_cst);
  is_making = false;
  return taken;
}

void BufferDepot::begin_child() noexcept {
  make_anew(making_);
  top_.store(0, std::memory_order_relaxed);
}

SpanBuffer* BufferDepot::try_take(uint32_t count_max) noexcept {
  using enum std::memory_order;
  CERO_ASSERT(count_max > 0);
  uint64_t top = top_.load(acquire);  // E1
  for (;;) {
    SpanBuffer* const first = buffer_of(top);
    if (first == nullptr) return nullptr;
    SpanBuffer* last = first;
    SpanBuffer* next = last->next.load(relaxed);  // I1
    for (uint32_t count = 1; next != nullptr && count < count_max; ++count) {
      last = next;
      next = last->next.load(relaxed);
    }
    if (!top_.compare_exchange_weak(top, next_tag(top, next), acquire, acquire)) continue;  // I2
    last->next.store(nullptr, relaxed);
    return first;
  }
}

void BufferDepot::put(SpanBuffer* first, SpanBuffer* last) noexcept {
  using enum std::memory_order;
  uint64_t top = top_.load(relaxed);  // checked by the exchange below
  do {
    last->next.store(buffer_of(top), relaxed);
  } while (!top_.compare_exchange_weak(top, same_tag(top, first), release, relaxed));  // E1
}

SpanBuffer* BufferDepot::take_new(uint32_t count_max) noexcept {
  char* const lump = map_lump();
  if (lump == nullptr) return nullptr;
  SpanBuffer* const first = make_buffer(lump, fork_count());
  SpanBuffer* last = first;         // of those that are taken
  SpanBuffer* last_of_all = first;  // those behind are for the depot
  for (size_t i = 1; i < kLumpBuffers; ++i) {
    SpanBuffer* const made = make_buffer(lump + i * kSpanBufferBytes, fork_count());
    last_of_all->next.store(made, std::memory_order_relaxed);
    last_of_all = made;
    if (i < count_max) last = made;
  }
  last_of_all->next.store(nullptr, std::memory_order_relaxed);
  if (last == last_of_all) return first;
  SpanBuffer* const rest = last->next.exchange(nullptr, std::memory_order_relaxed);
  put(rest, last_of_all);
  return first;
}

SpanBuffer* make_loose_buffer() noexcept {
  const ErrnoKept errno_kept;
  void* memory = std::malloc(kSpanBufferBytes);
  return memory == nullptr ? nullptr : make_buffer(memory, kLooseBuffer);
}

void free_loose_buffer(SpanBuffer* buffer) noexcept {
  drop_block(*buffer);
  std::free(buffer);
}

}  // namespace cero::core
