// SpanRing: records of ended spans on their way from one thread to the batch thread.
//
// One producer (the thread that owns the ring's slot), one consumer (the batch thread). Bounded; a
// record that does not fit is dropped, the newest, and counted. A large record stays in a block of
// its own, and only what stands for it is copied. A ring is a large reservation of address
// space of which only the backlog is ever touched: a producer that finds the ring empty starts
// again at offset 0 ("rebases"). What a large backlog has touched goes back to the system when the
// budget runs short.
//
// I1  tail_ <= head_ <= tail_ + capacity. Both only grow.
// I2  Byte p of the stream lies at offset (p + shift_) mod capacity. Bytes of [tail_, head_) belong
//     to the consumer, the rest to the producer.
// I3  A record is contiguous: where the ring's end would split it, a pad record fills the rest.
// I4  shift_ changes only while the ring is empty, so the consumer, which reads it only when it is
//     not, never sees it change.
// E1  head_: release in try_push -> acquire in drain. Publishes records and shift_.
// E2  tail_: release in drain -> acquire in try_push. Returns bytes, and with an empty ring shift_.
// E3  drained_: release in drain, before the record counts anywhere else -> acquire in held().
//     Pairs a stage's loss with the next one's gain.
//
// tests/ring/span_ring_relacy_test.cc has the protocol under a model checker: change both.
#ifndef CERO_CORE_RING_SPAN_RING_H_
#define CERO_CORE_RING_SPAN_RING_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <new>

#include "base/assert.h"
#include "base/ledger_cells.h"
#include "cero/detail/span_buffer.h"
#include "ring/announcer.h"
#include "ring/ring_budget.h"

namespace cero::core {

using detail::RecordHeader;

constexpr size_t kCacheLineBytes = 64;
// Records are copied in steps of this size, and their places are multiples of it.
constexpr size_t kRecordStep = 16;
constexpr size_t kAnnounceBytes = size_t{32} << 10;
// What waits in a ring of this capacity when its producer wakes the batch thread.
constexpr size_t urgent_bytes(size_t capacity) {
  constexpr size_t kUrgentBytesMax = size_t{256} << 10;
  return capacity / 2 < kUrgentBytesMax ? capacity / 2 : kUrgentBytesMax;
}
// The memory that is charged at once, and that a ring keeps.
constexpr size_t kCommitStep = size_t{64} << 10;

// A larger record goes in a block of its own.
constexpr uint32_t kRingRecordBytesMax = uint32_t{64} << 10;

// A record in memory that whoever has the block last gives back.
struct RecordBlock {
  RecordHeader* record;
  uint32_t bytes;
  void (*release)(RecordHeader* record, uint32_t bytes) noexcept;
};

// What a producer counts.
struct ProducerCounters {
  SingleWriterCounter pushed;
  DropCells<SingleWriterCounter> dropped;
};

class SpanRing {
 public:
  // Maps a ring, never unmapped: rings are immortal, and pass from thread to thread. nullptr: no
  // memory. The capacity is a power of two.
  static SpanRing* create(size_t capacity, Announcer& announcer, RingBudget& budget) noexcept;

  // Producer. False: dropped and counted.
  bool try_push(const RecordHeader& record) noexcept;
  // The same; the ring has the block from then on. False: the caller keeps it.
  bool try_push_block(const RecordBlock& block) noexcept;
  ProducerCounters& counters() noexcept { return counters_; }
  // Producer. A record that is not pushed, since there are too many in all rings: ring_full.
  void refuse_full_queue() noexcept;
  // Producer. What is in here is urgent, however little it is.
  void announce_now() noexcept;
  // Producer. Touches what the first records will need.
  void prefault() noexcept;

  // Consumer. Calls take(const RecordHeader&) for each record up to the end seen at the start or,
  // if earlier, `stream_end`; stops where take returns false, and that record stays. A record in a
  // block is the caller's for the time of the call. Returns the bytes consumed.
  template <typename Take>
  uint64_t drain(Take&& take, uint64_t stream_end = UINT64_MAX) noexcept;

  // Any thread. A position in the stream: what is recorded by now lies before it.
  uint64_t stream_end() const noexcept { return head_.load(std::memory_order_acquire); }  // E1
  // Consumer. Whether everything before this position is drained.
  bool drained_to(uint64_t position) const noexcept {
    return tail_.load(std::memory_order_relaxed) >= position;
  }

  // Any thread. Spans inside, exact when neither side moves.
  uint64_t held() const noexcept {
    const uint64_t drained = drained_.load(
        std::memory_order_acquire);  // E3; first, so that the difference is not negative
    return counters_.pushed.value() - drained;
  }
  const ProducerCounters& counters() const noexcept { return counters_; }

 private:
  SpanRing(char* data, size_t capacity, Announcer& announcer, RingBudget& budget) noexcept;

  // It stands for a record in a block.
  struct Stub {
    RecordHeader header;
    RecordBlock block;
  };
  static_assert(sizeof(Stub) % kRecordStep == 0);

  static constexpr uint32_t kPadGeneration = 0;  // generations of providers count from 1
  static size_t stride(uint32_t size_bytes) noexcept {
    return (size_bytes + kRecordStep - 1) & ~(kRecordStep - 1);
  }

  void copy_in(size_t offset, const RecordHeader& record, size_t size) noexcept;
  bool commit_memory(size_t end) noexcept;
  SingleWriterCounter& no_memory_reason() noexcept;
  void consider_trim() noexcept;
  void announce(uint64_t head, bool urgent) noexcept;
  bool refuse(SingleWriterCounter& reason, uint64_t head) noexcept;

  // ---- Written by the producer
  alignas(kCacheLineBytes) std::atomic<uint64_t> head_{0};
  uint64_t shift_ = 0;
  uint64_t announced_at_ = 0;
  size_t committed_;  // offsets below are charged to the budget
  uint32_t trims_put_off_ = 0;
  ProducerCounters counters_;  // `pushed` in the line of head_, which each push writes too

  // ---- Written by the consumer
  alignas(kCacheLineBytes) std::atomic<uint64_t> tail_{0};
  std::atomic<uint64_t> drained_{0};

  // ---- Constant
  alignas(kCacheLineBytes) char* const data_;
  const size_t capacity_;
  Announcer& announcer_;
  RingBudget& budget_;
};

inline void SpanRing::copy_in(size_t offset, const RecordHeader& record, size_t size) noexcept {
  // A record's memory has kOverwriteBytes behind its end, so whole steps may be read; the stride
  // has room for them.
  static_assert(detail::kOverwriteBytes >= kRecordStep);
  constexpr size_t kStepsAtOnce = 4;
  const char* from = reinterpret_cast<const char*>(&record);
  char* to = data_ + offset;
  size_t steps = size / kRecordStep;
  for (; steps >= kStepsAtOnce; steps -= kStepsAtOnce) {
    __builtin_memcpy(to, from, kStepsAtOnce * kRecordStep);
    from += kStepsAtOnce * kRecordStep;
    to += kStepsAtOnce * kRecordStep;
  }
  for (; steps > 0; --steps) {
    __builtin_memcpy(to, from, kRecordStep);
    from += kRecordStep;
    to += kRecordStep;
  }
}

inline bool SpanRing::try_push(const RecordHeader& record) noexcept {
  using enum std::memory_order;
  CERO_ASSERT(record.generation != kPadGeneration);
  CERO_ASSERT(record.size_bytes >= sizeof(RecordHeader));
  const uint64_t head = head_.load(relaxed);  // only this thread writes it
  const uint64_t tail = tail_.load(acquire);  // E2
  if (tail == head) {
    shift_ = 0 - head;  // I4
    announced_at_ = head;
    if (committed_ > kCommitStep) [[unlikely]]
      consider_trim();
  }
  const size_t size = stride(record.size_bytes);
  size_t offset = (head + shift_) & (capacity_ - 1);
  size_t pad = 0;
  if (offset + size > capacity_) [[unlikely]]
    pad = capacity_ - offset;
  if (head + pad + size - tail > capacity_) [[unlikely]]
    return refuse(counters_.dropped.ring_full, head);
  if (pad != 0) [[unlikely]] {
    RecordHeader filler{};
    filler.size_bytes = static_cast<uint32_t>(pad);
    filler.generation = kPadGeneration;
    // Only the first two fields: the pad may be as short as a step.
    __builtin_memcpy(data_ + offset, &filler, kRecordStep / 2);
    offset = 0;
  }
  if (offset + size > committed_) [[unlikely]] {
    if (!commit_memory(offset + size)) return refuse(no_memory_reason(), head);
  }
  copy_in(offset, record, size);
  __builtin_prefetch(data_ + offset + size, 1);
  counters_.pushed.add(1);
  const uint64_t new_head = head + pad + size;
  head_.store(new_head, release);  // E1
  if (new_head - announced_at_ >= kAnnounceBytes) [[unlikely]]
    announce(new_head, new_head - tail >= urgent_bytes(capacity_));
  return true;
}

template <typename Take>
uint64_t SpanRing::drain(Take&& take, uint64_t stream_end) noexcept {
  using enum std::memory_order;
  const uint64_t begin = tail_.load(relaxed);  // only this thread writes it
  const uint64_t head = head_.load(acquire);   // E1
  const uint64_t end = head < stream_end ? head : stream_end;
  if (begin >= end) return 0;
  const uint64_t shift = shift_;  // I4: the ring is not empty
  uint64_t tail = begin;
  uint64_t drained = drained_.load(relaxed);
  while (tail < end) {
    const auto& record = *std::launder(
        reinterpret_cast<const RecordHeader*>(data_ + ((tail + shift) & (capacity_ - 1))));
    CERO_ASSERT(record.size_bytes >= kRecordStep && record.size_bytes <= head - tail);
    if (record.generation != kPadGeneration) {
      const bool in_block = (record.marks & detail::kInBlock) != 0;
      const RecordBlock* const block =
          in_block ? &reinterpret_cast<const Stub&>(record).block : nullptr;
      drained_.store(drained + 1, release);  // E3
      if (!take(in_block ? *block->record : record)) {
        drained_.store(drained, release);
        break;
      }
      if (in_block) [[unlikely]]
        block->release(block->record, block->bytes);
      ++drained;
    }
    tail += stride(record.size_bytes);
  }
  tail_.store(tail, release);  // E2
  return tail - begin;
}

}  // namespace cero::core

#endif  // CERO_CORE_RING_SPAN_RING_H_
