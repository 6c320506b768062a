// A ring with an announcer that remembers, and ways to fill and empty it.
#ifndef CERO_TESTS_RING_RING_HARNESS_H_
#define CERO_TESTS_RING_RING_HARNESS_H_

#include <gtest/gtest.h>

#include <vector>

#include "ring/span_ring.h"
#include "support/test_records.h"

namespace cero::test {

class RememberingAnnouncer final : public core::Announcer {
 public:
  void announce(core::SpanRing& ring, bool urgent) noexcept override {
    last_ring = &ring;
    ++count;
    urgent_count += urgent ? 1 : 0;
  }

  core::SpanRing* last_ring = nullptr;
  int count = 0;
  int urgent_count = 0;
};

class RingHarness {
 public:
  static constexpr size_t kCapacity = size_t{64} << 10;
  // What a smallest record takes.
  static constexpr uint32_t kStrideMin =
      (kRecordBytesMin + core::kRecordStep - 1) / core::kRecordStep * core::kRecordStep;

  explicit RingHarness(size_t capacity = kCapacity)
      : ring(*core::SpanRing::create(capacity, announcer, budget)) {}

  bool push(size_t size_bytes, uint64_t number) {
    return ring.try_push(TestRecord(static_cast<uint32_t>(size_bytes), number));
  }

  // The numbers of the records taken, in their order; each is checked byte by byte.
  std::vector<uint64_t> drain(size_t records_max = SIZE_MAX, uint64_t stream_end = UINT64_MAX) {
    std::vector<uint64_t> numbers;
    ring.drain(
        [&](const core::RecordHeader& record) {
          if (numbers.size() == records_max) return false;
          EXPECT_TRUE(is_intact(record)) << "record " << number_of(record);
          numbers.push_back(number_of(record));
          return true;
        },
        stream_end);
    return numbers;
  }

  RememberingAnnouncer announcer;
  core::RingBudget budget;
  core::SpanRing& ring;  // immortal
};

}  // namespace cero::test

#endif  // CERO_TESTS_RING_RING_HARNESS_H_
