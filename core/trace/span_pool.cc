#include "trace/span_pool.h"

#include <sys/mman.h>

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

#include "base/assert.h"
#include "base/errno_kept.h"
#include "base/leak_check.h"

namespace cero::core {
namespace {

using detail::kInlineRecordBytes;
using detail::kOverwriteBytes;
using detail::kSpanBufferBytes;
using detail::RecordFailure;
using detail::RecordHeader;

constexpr size_t kLumpBytes = 64 << 10;
constexpr size_t kKeptBlockMax = 8 << 10;

// Relaxed throughout: sums, they publish nothing.
constinit std::atomic<uint64_t> budget_max{uint64_t{64} << 20};
// Signed: a child that frees a block it has inherited gives back what it was not charged.
constinit std::atomic<int64_t> budget_used{0};

SpanBuffer* make_buffer(void* memory) noexcept {
  auto* buffer = new (memory) SpanBuffer;  // fields are set when a span starts
  buffer->place_record(&buffer->inline_record, kInlineRecordBytes, 0);
  buffer->own_block_bytes = 0;
  buffer->pool = nullptr;
  return buffer;
}

void free_block(RecordHeader* block, uint32_t bytes) noexcept {
  OpenSpanBudget::refund(bytes);
  std::free(block);
}

}  // namespace

void OpenSpanBudget::set_max(uint64_t bytes) noexcept {
  budget_max.store(bytes, std::memory_order_relaxed);
}

bool OpenSpanBudget::try_charge(uint64_t bytes) noexcept {
  const auto added = static_cast<int64_t>(bytes);
  const int64_t before = budget_used.fetch_add(added, std::memory_order_relaxed);
  if (before + added <= static_cast<int64_t>(budget_max.load(std::memory_order_relaxed)))
    return true;
  refund(bytes);
  return false;
}

void OpenSpanBudget::refund(uint64_t bytes) noexcept {
  budget_used.fetch_sub(static_cast<int64_t>(bytes), std::memory_order_relaxed);
}

void OpenSpanBudget::begin_child() noexcept { budget_used.store(0, std::memory_order_relaxed); }

SpanBuffer* SpanPool::carve() noexcept {
  if (lump_left_ < kSpanBufferBytes) {
    const ErrnoKept errno_kept;
    if (!OpenSpanBudget::try_charge(kLumpBytes)) return nullptr;
    void* memory =
        mmap(nullptr, kLumpBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
      OpenSpanBudget::refund(kLumpBytes);
      return nullptr;
    }
    look_for_pointers_in(memory, kLumpBytes);  // to blocks that buffers keep
    lump_ = static_cast<char*>(memory);
    lump_left_ = kLumpBytes;
  }
  SpanBuffer* buffer = make_buffer(lump_);
  buffer->pool = this;
  lump_ += kSpanBufferBytes;
  lump_left_ -= kSpanBufferBytes;
  return buffer;
}

SpanBuffer* SpanPool::take_slow() noexcept {
  SpanBuffer* buffer = returned_.exchange(nullptr, std::memory_order_acquire);  // E1
  if (buffer == nullptr) return carve();
  free_ = buffer->next;
  return buffer;
}

void SpanPool::give_back_from_elsewhere(SpanBuffer* buffer) noexcept {
  SpanBuffer* top = returned_.load(std::memory_order_relaxed);  // checked by the exchange below
  do {
    buffer->next = top;
  } while (!returned_.compare_exchange_weak(top, buffer, std::memory_order_release,
                                            std::memory_order_relaxed));  // E1
}

void SpanPool::prefault(size_t count) noexcept {
  SpanBuffer* taken = nullptr;
  for (size_t i = 0; i < count; ++i) {
    SpanBuffer* buffer = take();
    if (buffer == nullptr) break;
    std::memset(static_cast<void*>(&buffer->inline_record), 0, kInlineRecordBytes);
    buffer->next = taken;
    taken = buffer;
  }
  while (taken != nullptr) {
    SpanBuffer* next = taken->next;
    give_back(taken);
    taken = next;
  }
}

SpanBuffer* make_loose_buffer() noexcept {
  const ErrnoKept errno_kept;
  void* memory = std::malloc(kSpanBufferBytes);
  return memory == nullptr ? nullptr : make_buffer(memory);
}

void free_loose_buffer(SpanBuffer* buffer) noexcept {
  if (buffer->own_block_bytes != 0) free_block(buffer->record, buffer->own_block_bytes);
  std::free(buffer);
}

RecordFailure grow(SpanBuffer& buffer, size_t bytes, uint32_t span_bytes_max) noexcept {
  const size_t used = sizeof(RecordHeader) + buffer.wire_used();
  const size_t needed = used + bytes;
  if (needed > span_bytes_max) return RecordFailure::too_large;
  // Never beyond what the limit allows, so that offsets into the wire bytes keep to 16 bits.
  const size_t block_bytes =
      std::min(std::max(std::bit_ceil(needed + kOverwriteBytes), 2 * kSpanBufferBytes),
               span_bytes_max + kOverwriteBytes);
  if (!OpenSpanBudget::try_charge(block_bytes)) return RecordFailure::no_memory;
  const ErrnoKept errno_kept;
  auto* block = static_cast<RecordHeader*>(std::malloc(block_bytes));
  if (block == nullptr) {
    OpenSpanBudget::refund(block_bytes);
    return RecordFailure::no_memory;
  }
  std::memcpy(static_cast<void*>(block), buffer.record, used);
  RecordHeader* const old_block = buffer.record;
  const uint32_t old_block_bytes =
      std::exchange(buffer.own_block_bytes, static_cast<uint32_t>(block_bytes));
  buffer.place_record(block, block_bytes, used - sizeof(RecordHeader));
  std::atomic_signal_fence(std::memory_order_seq_cst);
  if (old_block_bytes != 0) free_block(old_block, old_block_bytes);  // S2
  CERO_ASSERT(buffer.has_room(bytes));
  return RecordFailure::none;
}

void shrink(SpanBuffer& buffer) noexcept {
  if (buffer.own_block_bytes <= kKeptBlockMax) return;
  const ErrnoKept errno_kept;  // an older free() changes it
  free_block(buffer.record, buffer.own_block_bytes);
  buffer.place_record(&buffer.inline_record, kInlineRecordBytes, 0);
  buffer.own_block_bytes = 0;
}

}  // namespace cero::core
