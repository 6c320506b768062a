#include "ring/span_ring.h"

#include <sys/mman.h>

#include <algorithm>
#include <bit>

#include "base/errno_kept.h"

namespace cero::core {
namespace {

constexpr size_t kHeaderBytes = 4096;    // the ring's fields have the first page of its mapping
constexpr size_t kFreeBytes = 16 << 10;  // of each ring, not charged
// A ring that needs its memory again and again gives it back so much more rarely, so that neither
// the call nor the page faults after it are felt.
constexpr uint32_t kTrimsPutOff = 16;

}  // namespace

SpanRing* SpanRing::create(size_t capacity, Announcer& announcer, RingBudget& budget) noexcept {
  static_assert(sizeof(SpanRing) <= kHeaderBytes);
  CERO_ASSERT(std::has_single_bit(capacity) && capacity >= kCommitStep);
  const size_t size = kHeaderBytes + capacity;
  void* memory = mmap(nullptr, size, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return nullptr;
  // Advice only: without it a ring costs more memory, or a forked child finds the parent's records
  // and must not send them.
  madvise(memory, size, MADV_NOHUGEPAGE);
  madvise(memory, size, MADV_WIPEONFORK);
  return new (memory)
      SpanRing(static_cast<char*>(memory) + kHeaderBytes, capacity, announcer, budget);
}

SpanRing::SpanRing(char* data, size_t capacity, Announcer& announcer, RingBudget& budget) noexcept
    : committed_(kFreeBytes),
      data_(data),
      capacity_(capacity),
      announcer_(announcer),
      budget_(budget) {}

void SpanRing::prefault() noexcept {
  using enum std::memory_order;
  // Not held(): a record counts as drained while the consumer still reads it. Only this thread
  // fills the ring, so it stays empty.
  if (tail_.load(acquire) != head_.load(relaxed)) return;  // E2; only this thread writes head_
  constexpr size_t kPageBytes = 4096;
  for (size_t offset = 0; offset < kFreeBytes; offset += kPageBytes)
    reinterpret_cast<volatile char*>(data_)[offset] = 0;
}

bool SpanRing::try_push_block(const RecordBlock& block) noexcept {
  Stub stub{*block.record, block};
  stub.header.size_bytes = sizeof(Stub);
  stub.header.marks |= detail::kInBlock;
  return try_push(stub.header);
}

bool SpanRing::commit_memory(size_t end) noexcept {
  const size_t wanted = std::min(capacity_, (end + kCommitStep - 1) / kCommitStep * kCommitStep);
  if (!budget_.try_charge(wanted - committed_)) return false;
  committed_ = wanted;
  // Rings that need no more than they have may still need all that is left.
  if (budget_.runs_short()) announcer_.announce(*this, /*urgent=*/true);
  return true;
}

// Memory is lent while the backend is behind: then it is no other reason than a ring that is full.
SingleWriterCounter& SpanRing::no_memory_reason() noexcept {
  return budget_.lends() ? counters_.dropped.ring_full : counters_.dropped.no_memory;
}

// Precondition: the ring is empty, so all of its bytes are the producer's (I2).
void SpanRing::consider_trim() noexcept {
  if (!budget_.runs_short() || ++trims_put_off_ < kTrimsPutOff) return;
  trims_put_off_ = 0;
  const ErrnoKept kept;
  // Refused for memory that the host has locked: that stays, and stays charged.
  if (madvise(data_ + kCommitStep, committed_ - kCommitStep, MADV_DONTNEED) != 0) return;
  budget_.give_back(committed_ - kCommitStep);
  committed_ = kCommitStep;
}

void SpanRing::announce(uint64_t head, bool urgent) noexcept {
  announced_at_ = head;
  announcer_.announce(*this, urgent);
}

void SpanRing::announce_now() noexcept {
  announce(head_.load(std::memory_order_relaxed), /*urgent=*/true);  // only this thread writes it
}

void SpanRing::refuse_full_queue() noexcept {
  refuse(counters_.dropped.ring_full, head_.load(std::memory_order_relaxed));
}

bool SpanRing::refuse(SingleWriterCounter& reason, uint64_t head) noexcept {
  reason.add(1);
  if (announced_at_ != head) announce(head, /*urgent=*/true);  // the batch thread may not know yet
  return false;
}

}  // namespace cero::core
