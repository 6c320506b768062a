#include "trace/open_span_budget.h"

#include <atomic>

namespace cero::core {
namespace {

// Relaxed throughout: sums, they publish nothing.
constinit std::atomic<uint64_t> bytes_max{uint64_t{64} << 20};
// Signed: a child that frees a block it has inherited gives back what it was not charged.
using Sum = std::atomic<int64_t>;
constinit Sum all_bytes{0};
constinit Sum buffer_bytes{0};
constinit Sum block_bytes{0};
constinit Sum queued_bytes{0};  // of block_bytes

bool try_add(Sum& sum, int64_t added, uint64_t max) noexcept {
  const int64_t before = sum.fetch_add(added, std::memory_order_relaxed);
  if (before + added <= static_cast<int64_t>(max)) return true;
  sum.fetch_sub(added, std::memory_order_relaxed);
  return false;
}

bool try_charge(Sum& part, uint64_t bytes) noexcept {
  const auto added = static_cast<int64_t>(bytes);
  const uint64_t max = OpenSpanBudget::max();
  if (!try_add(part, added, max / 4 * 3)) return false;
  if (try_add(all_bytes, added, max)) return true;
  part.fetch_sub(added, std::memory_order_relaxed);
  return false;
}

void refund(Sum& part, uint64_t bytes) noexcept {
  const auto taken = static_cast<int64_t>(bytes);
  all_bytes.fetch_sub(taken, std::memory_order_relaxed);
  part.fetch_sub(taken, std::memory_order_relaxed);
}

}  // namespace

void OpenSpanBudget::set_max(uint64_t bytes) noexcept {
  bytes_max.store(bytes, std::memory_order_relaxed);
}
uint64_t OpenSpanBudget::max() noexcept { return bytes_max.load(std::memory_order_relaxed); }

bool OpenSpanBudget::try_charge_block(uint64_t bytes) noexcept {
  return try_charge(block_bytes, bytes);
}
void OpenSpanBudget::refund_block(uint64_t bytes) noexcept { refund(block_bytes, bytes); }

bool OpenSpanBudget::try_charge_buffers(uint64_t bytes) noexcept {
  return try_charge(buffer_bytes, bytes);
}
void OpenSpanBudget::refund_buffers(uint64_t bytes) noexcept { refund(buffer_bytes, bytes); }

bool OpenSpanBudget::try_queue_block(uint64_t bytes) noexcept {
  return try_add(queued_bytes, static_cast<int64_t>(bytes), max() / 2);
}
void OpenSpanBudget::refund_queued_block(uint64_t bytes) noexcept {
  queued_bytes.fetch_sub(static_cast<int64_t>(bytes), std::memory_order_relaxed);
  refund_block(bytes);
}

bool OpenSpanBudget::runs_short() noexcept {
  return all_bytes.load(std::memory_order_relaxed) > static_cast<int64_t>(max() / 4);
}

void OpenSpanBudget::begin_child() noexcept {
  for (Sum* sum : {&all_bytes, &buffer_bytes, &block_bytes, &queued_bytes})
    sum->store(0, std::memory_order_relaxed);
}

}  // namespace cero::core
