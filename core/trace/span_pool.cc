#include "trace/span_pool.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <utility>

#include "trace/open_span_budget.h"
#include "trace/record_block.h"

namespace cero::core {
namespace {

using detail::kInlineRecordBytes;
using detail::kSpanBufferBytes;

// Relaxed: a count, it publishes nothing.
constinit std::atomic<uint32_t> pools_in_use{0};

// Of the budget, for all pools if their number stays as it is. Those that were there first go on
// with more, which in all is some times this part.
constexpr uint64_t kKeptShare = 64;

uint32_t kept_max_now() noexcept {
  const uint64_t pools = std::max(pools_in_use.load(std::memory_order_relaxed), 1u);
  const uint64_t buffers = OpenSpanBudget::max() / kKeptShare / kSpanBufferBytes / pools;
  return static_cast<uint32_t>(std::clamp<uint64_t>(buffers, 1, SpanPool::kKeptMax));
}

}  // namespace

void SpanPool::begin_use() noexcept {
  pools_in_use.fetch_add(1, std::memory_order_relaxed);
  returns_left_ = kept_max_now();
}

void SpanPool::end_use() noexcept {
  return_all(std::exchange(free_, nullptr));
  pools_in_use.fetch_sub(1, std::memory_order_relaxed);
}

void forget_pools() noexcept { pools_in_use.store(0, std::memory_order_relaxed); }

SpanBuffer* SpanPool::take_slow() noexcept {
  SpanBuffer* buffer = buffer_depot.take(std::max(kept_max_now() / 2, 1u));
  if (buffer != nullptr) free_ = buffer->next.load(std::memory_order_relaxed);
  return buffer;
}

// Keeps the buffers that came in last.
void SpanPool::trim() noexcept {
  const uint32_t kept_max = kept_max_now();
  returns_left_ = kept_max;
  SpanBuffer* last = free_;
  for (uint32_t count = 1; last != nullptr && count < kept_max; ++count)
    last = last->next.load(std::memory_order_relaxed);
  if (last != nullptr) return_all(last->next.exchange(nullptr, std::memory_order_relaxed));
}

void SpanPool::return_all(SpanBuffer* first) noexcept {
  if (first == nullptr) return;
  SpanBuffer* last = first;
  drop_block(*last);
  while (SpanBuffer* next = last->next.load(std::memory_order_relaxed)) {
    last = next;
    drop_block(*last);
  }
  buffer_depot.put(first, last);
}

void SpanPool::prefault(uint32_t count) noexcept {
  std::array<SpanBuffer*, kKeptMax> taken;
  uint32_t taken_count = 0;
  while (taken_count < std::min(count, kept_max_now())) {
    SpanBuffer* buffer = take();
    if (buffer == nullptr) break;
    std::memset(static_cast<void*>(&buffer->inline_record), 0, kInlineRecordBytes);
    taken[taken_count++] = buffer;
  }
  while (taken_count > 0) give_back(taken[--taken_count]);
}

void give_back_to_depot(SpanBuffer* buffer) noexcept { buffer_depot.put(buffer, buffer); }

}  // namespace cero::core
