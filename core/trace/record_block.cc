#include "trace/record_block.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "base/assert.h"
#include "base/errno_kept.h"
#include "trace/open_span_budget.h"

namespace cero::core {
namespace {

using detail::kInlineRecordBytes;
using detail::kOverwriteBytes;
using detail::kSpanBufferBytes;
using detail::RecordFailure;
using detail::RecordHeader;

constexpr size_t kKeptBlockMax = 8 << 10;

void free_block(RecordHeader* block, uint32_t bytes) noexcept {
  const ErrnoKept errno_kept;  // an older free() changes it
  OpenSpanBudget::refund_block(bytes);
  std::free(block);
}

void free_queued_block(RecordHeader* block, uint32_t bytes) noexcept {
  const ErrnoKept errno_kept;
  OpenSpanBudget::refund_queued_block(bytes);
  std::free(block);
}

}  // namespace

RecordFailure grow(SpanBuffer& buffer, size_t bytes, uint32_t span_bytes_max) noexcept {
  const size_t used = sizeof(RecordHeader) + buffer.wire_used();
  const size_t needed = used + bytes;
  if (needed > span_bytes_max) return RecordFailure::too_large;
  // Never beyond what the limit allows.
  const size_t block_bytes =
      std::min(std::max(std::bit_ceil(needed + kOverwriteBytes), 2 * kSpanBufferBytes),
               span_bytes_max + kOverwriteBytes);
  if (!OpenSpanBudget::try_charge_block(block_bytes)) return RecordFailure::no_memory;
  const ErrnoKept errno_kept;
  auto* block = static_cast<RecordHeader*>(std::malloc(block_bytes));
  if (block == nullptr) {
    OpenSpanBudget::refund_block(block_bytes);
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

bool try_take_block(SpanBuffer& buffer, RecordBlock* block) noexcept {
  CERO_ASSERT(buffer.own_block_bytes != 0);
  if (!OpenSpanBudget::try_queue_block(buffer.own_block_bytes)) return false;
  *block = {buffer.record, buffer.own_block_bytes, free_queued_block};
  buffer.inline_record = *block->record;
  buffer.place_record(&buffer.inline_record, kInlineRecordBytes, 0);
  buffer.own_block_bytes = 0;
  std::atomic_signal_fence(std::memory_order_seq_cst);  // S2: before anybody may free it
  return true;
}

void shrink(SpanBuffer& buffer) noexcept {
  if (buffer.own_block_bytes > kKeptBlockMax || OpenSpanBudget::runs_short()) drop_block(buffer);
}

void drop_block(SpanBuffer& buffer) noexcept {
  if (buffer.own_block_bytes == 0) return;
  free_block(buffer.record, buffer.own_block_bytes);
  buffer.place_record(&buffer.inline_record, kInlineRecordBytes, 0);
  buffer.own_block_bytes = 0;
}

}  // namespace cero::core
