// Goal: what goes into a SpanRing comes out whole and in order, whatever its place in the ring;
// what does not fit is refused and counted under its reason. Method: one thread plays both sides.
#include "ring/span_ring.h"

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "ring/ring_harness.h"

namespace cero::test {
namespace {

using core::kAnnounceBytes;
using core::kRecordStep;
using Numbers = std::vector<uint64_t>;

constexpr size_t kCapacity = RingHarness::kCapacity;
constexpr size_t kStrideMin = RingHarness::kStrideMin;

TEST(SpanRing, drains_nothing_when_nothing_was_pushed) {
  RingHarness test;
  EXPECT_EQ(test.ring.drain([](const core::RecordHeader&) { return true; }), 0);
  EXPECT_EQ(test.ring.held(), 0);
}

TEST(SpanRing, keeps_order_and_bytes_of_records_of_every_size) {
  RingHarness test;
  for (uint32_t size = kRecordBytesMin; size < kRecordBytesMin + 100; ++size) {
    ASSERT_TRUE(test.push(size, size));
  }
  const Numbers numbers = test.drain();
  ASSERT_EQ(numbers.size(), 100);
  for (size_t i = 0; i < numbers.size(); ++i) EXPECT_EQ(numbers[i], kRecordBytesMin + i);
}

TEST(SpanRing, fills_the_end_with_a_pad_of_any_length) {
  for (size_t pad = kRecordStep; pad <= 4096; pad += kRecordStep) {
    RingHarness test;
    ASSERT_TRUE(test.push(kCapacity - kStrideMin - pad, 1));
    ASSERT_TRUE(test.push(kStrideMin, 2));
    ASSERT_EQ(test.drain(1), Numbers{1});  // not empty, so it does not rebase
    const uint64_t before = test.ring.stream_end();
    const size_t size = std::max(pad + kRecordStep, kStrideMin);
    ASSERT_TRUE(test.push(size, 3));
    EXPECT_EQ(test.ring.stream_end() - before, pad + size);
    EXPECT_EQ(test.ring.held(), 2) << "a pad is no span";
    EXPECT_EQ(test.drain(), (Numbers{2, 3})) << "pad " << pad;
    EXPECT_EQ(test.ring.held(), 0);
  }
}

TEST(SpanRing, needs_no_pad_when_a_record_ends_with_the_ring) {
  RingHarness test;
  ASSERT_TRUE(test.push(kCapacity - 2 * kStrideMin, 1));
  ASSERT_TRUE(test.push(kStrideMin, 2));
  ASSERT_EQ(test.drain(1), Numbers{1});
  const uint64_t before = test.ring.stream_end();
  ASSERT_TRUE(test.push(kStrideMin, 3));
  ASSERT_TRUE(test.push(kStrideMin, 4));
  EXPECT_EQ(test.ring.stream_end() - before, 2 * kStrideMin);
  EXPECT_EQ(test.drain(), (Numbers{2, 3, 4}));
}

TEST(SpanRing, takes_exactly_its_capacity_and_refuses_one_more) {
  RingHarness test;
  ASSERT_TRUE(test.push(kCapacity - kStrideMin, 1));
  ASSERT_TRUE(test.push(kStrideMin, 2));
  EXPECT_FALSE(test.push(kStrideMin, 3));
  EXPECT_EQ(test.ring.counters().dropped.ring_full.value(), 1);
  EXPECT_EQ(test.ring.counters().pushed.value(), 2);
  EXPECT_EQ(test.drain(), (Numbers{1, 2})) << "the newest is the one that goes";
  EXPECT_TRUE(test.push(kCapacity, 4));
  EXPECT_EQ(test.drain(), Numbers{4});
}

TEST(SpanRing, refuses_a_record_whose_pad_takes_its_room) {
  RingHarness test;
  ASSERT_TRUE(test.push(kCapacity / 2, 1));
  ASSERT_TRUE(test.push(kCapacity / 2 - kStrideMin, 2));
  ASSERT_EQ(test.drain(1), Numbers{1});
  // Half of the ring and a bit is free, but only in two parts.
  EXPECT_FALSE(test.push(kCapacity / 2 + kRecordStep, 3));
  EXPECT_TRUE(test.push(kCapacity / 2, 4));
  EXPECT_EQ(test.drain(), (Numbers{2, 4}));
}

TEST(SpanRing, starts_again_at_its_beginning_when_it_is_empty) {
  RingHarness test;
  const auto place = [&] {
    const core::RecordHeader* at = nullptr;
    test.ring.drain([&](const core::RecordHeader& record) { return at = &record, true; });
    return at;
  };
  ASSERT_TRUE(test.push(kStrideMin, 1));
  const core::RecordHeader* const first = place();
  for (int round = 0; round < 3; ++round) {
    ASSERT_TRUE(test.push(1000, 2));
    EXPECT_EQ(place(), first);
  }
  ASSERT_TRUE(test.push(kStrideMin, 3));
  ASSERT_TRUE(test.push(kStrideMin, 4));
  EXPECT_NE(place(), first) << "two at once lie behind each other";
}

TEST(SpanRing, stops_where_take_refuses_and_goes_on_there) {
  RingHarness test;
  for (uint64_t number = 1; number <= 5; ++number) ASSERT_TRUE(test.push(200, number));
  EXPECT_EQ(test.drain(2), (Numbers{1, 2}));
  EXPECT_EQ(test.ring.held(), 3);
  EXPECT_EQ(test.drain(0), Numbers{});
  EXPECT_EQ(test.ring.held(), 3);
  EXPECT_EQ(test.drain(), (Numbers{3, 4, 5}));
  EXPECT_EQ(test.ring.held(), 0);
}

TEST(SpanRing, counts_a_record_as_drained_before_it_counts_elsewhere) {
  RingHarness test;
  ASSERT_TRUE(test.push(200, 1));
  ASSERT_TRUE(test.push(200, 2));
  uint64_t held_after_take = 2;
  test.ring.drain([&](const core::RecordHeader&) {
    EXPECT_EQ(test.ring.held(), --held_after_take);
    return true;
  });
}

TEST(SpanRing, drains_up_to_a_position_and_no_further) {
  RingHarness test;
  ASSERT_TRUE(test.push(200, 1));
  ASSERT_TRUE(test.push(200, 2));
  const uint64_t end = test.ring.stream_end();
  ASSERT_TRUE(test.push(200, 3));
  EXPECT_FALSE(test.ring.drained_to(end));
  EXPECT_EQ(test.drain(SIZE_MAX, end), (Numbers{1, 2}));
  EXPECT_TRUE(test.ring.drained_to(end));
  EXPECT_FALSE(test.ring.drained_to(test.ring.stream_end()));
  EXPECT_EQ(test.drain(SIZE_MAX, end), Numbers{});
  EXPECT_EQ(test.drain(), Numbers{3});
}

TEST(SpanRing, announces_each_32_kib_and_says_when_it_is_urgent) {
  constexpr size_t kUrgentBytes = size_t{256} << 10;
  RingHarness test(size_t{1} << 20);
  constexpr size_t kSize = 1024;
  size_t bytes = 0;
  for (; bytes < kAnnounceBytes; bytes += kSize) {
    EXPECT_EQ(test.announcer.count, 0);
    ASSERT_TRUE(test.push(kSize, 1));
  }
  EXPECT_EQ(test.announcer.count, 1);
  EXPECT_EQ(test.announcer.last_ring, &test.ring);
  for (; bytes < kUrgentBytes; bytes += kSize) {
    EXPECT_EQ(test.announcer.urgent_count, 0);
    ASSERT_TRUE(test.push(kSize, 1));
  }
  EXPECT_EQ(test.announcer.count, kUrgentBytes / kAnnounceBytes);
  EXPECT_EQ(test.announcer.urgent_count, 1);
}

TEST(SpanRing, finds_it_urgent_when_a_small_ring_is_half_full) {
  RingHarness test(size_t{128} << 10);
  constexpr size_t kSize = 1024;
  for (size_t bytes = 0; bytes < size_t{64} << 10; bytes += kSize) {
    EXPECT_EQ(test.announcer.urgent_count, 0);
    ASSERT_TRUE(test.push(kSize, 1));
  }
  EXPECT_EQ(test.announcer.urgent_count, 1);
}

TEST(SpanRing, counts_unannounced_bytes_anew_when_it_was_empty) {
  RingHarness test;
  ASSERT_TRUE(test.push(kAnnounceBytes - kRecordStep, 1));
  test.drain();
  ASSERT_TRUE(test.push(kAnnounceBytes - kRecordStep, 2));
  EXPECT_EQ(test.announcer.count, 0);
  ASSERT_TRUE(test.push(kStrideMin, 3));
  EXPECT_EQ(test.announcer.count, 1);
}

TEST(SpanRing, announces_what_it_holds_when_it_refuses) {
  RingHarness test;
  ASSERT_TRUE(test.push(kAnnounceBytes, 1));
  ASSERT_TRUE(test.push(kAnnounceBytes - kStrideMin, 2));
  ASSERT_EQ(test.announcer.count, 1);
  EXPECT_FALSE(test.push(2 * kStrideMin, 3));
  EXPECT_EQ(test.announcer.count, 2);
  EXPECT_FALSE(test.push(2 * kStrideMin, 4));
  EXPECT_EQ(test.announcer.count, 2) << "it has been said";
}

TEST(SpanRing, refuses_as_no_memory_what_the_budget_does_not_cover) {
  constexpr size_t kFreeBytes = 16 << 10;
  RingHarness test;
  test.budget.set_max(0);
  ASSERT_TRUE(test.push(kFreeBytes, 1)) << "each ring's first bytes are free";
  EXPECT_FALSE(test.push(kStrideMin, 2));
  EXPECT_EQ(test.ring.counters().dropped.no_memory.value(), 1);
  EXPECT_EQ(test.ring.counters().dropped.ring_full.value(), 0);
  EXPECT_EQ(test.budget.bytes_used(), 0) << "a refused charge is taken back";

  EXPECT_EQ(test.drain(), Numbers{1});
  EXPECT_TRUE(test.push(kStrideMin, 3)) << "an empty ring starts again in its free bytes";
  test.budget.set_max(kCapacity);
  EXPECT_TRUE(test.push(kFreeBytes, 4));
  EXPECT_EQ(test.budget.bytes_used(), kCapacity - kFreeBytes);
  EXPECT_EQ(test.drain(), (Numbers{3, 4}));
}

TEST(SpanRing, finds_it_urgent_to_take_more_memory_when_it_runs_short) {
  RingHarness test(8 * kCapacity);
  test.budget.set_max(4 * kCapacity);
  ASSERT_TRUE(test.push(2 * kCapacity, 1));
  EXPECT_EQ(test.announcer.urgent_count, 0);
  ASSERT_TRUE(test.push(kCapacity, 2));
  EXPECT_EQ(test.announcer.urgent_count, 1);
}

TEST(SpanRing, charges_in_steps_and_never_twice) {
  RingHarness test(2 * kCapacity);
  for (int round = 0; round < 3; ++round) {
    ASSERT_TRUE(test.push(kCapacity, 1));
    EXPECT_EQ(test.budget.bytes_used(), kCapacity - (16 << 10));
    test.drain();
  }
  ASSERT_TRUE(test.push(kCapacity + kRecordStep, 2));
  EXPECT_EQ(test.budget.bytes_used(), 2 * kCapacity - (16 << 10));
}

TEST(RingBudget, lends_what_is_idle_but_for_a_quarter) {
  core::RingBudget budget;
  budget.set_max(100);
  EXPECT_TRUE(budget.try_charge(30));
  EXPECT_FALSE(budget.try_lend(46));
  EXPECT_TRUE(budget.try_lend(45));
  EXPECT_TRUE(budget.runs_short()) << "30 of the 55 that are not lent";
  EXPECT_TRUE(budget.try_charge(25));
  EXPECT_FALSE(budget.try_charge(1));
  budget.take_back(45);
  EXPECT_TRUE(budget.try_charge(45));
  EXPECT_EQ(budget.bytes_used(), 100u);
}

TEST(SpanRing, counts_what_finds_its_memory_lent_as_ring_full) {
  RingHarness test;
  test.budget.set_max(4 * kCapacity);
  ASSERT_TRUE(test.budget.try_lend(3 * kCapacity));
  ASSERT_TRUE(test.budget.try_charge(kCapacity));
  ASSERT_TRUE(test.push(16 << 10, 1));
  EXPECT_FALSE(test.push(kStrideMin, 2));
  EXPECT_EQ(test.ring.counters().dropped.ring_full.value(), 1);
  EXPECT_EQ(test.ring.counters().dropped.no_memory.value(), 0);
}

// Pushes and drains a small record, until the budget has `bytes` or less of this ring; false:
// never.
bool gives_back_down_to(RingHarness& test, uint64_t bytes) {
  constexpr int kRoundsMax = 1'000;
  for (uint64_t round = 0; round < kRoundsMax; ++round) {
    if (test.budget.bytes_used() <= bytes) return true;
    EXPECT_TRUE(test.push(kStrideMin, round));
    EXPECT_EQ(test.drain(), Numbers{round});
  }
  return false;
}

constexpr uint64_t kKeptBytes = core::kCommitStep - (16 << 10);

TEST(SpanRing, gives_back_what_a_backlog_took_when_the_budget_runs_short) {
  RingHarness test(8 * kCapacity);
  test.budget.set_max(8 * kCapacity);
  ASSERT_TRUE(test.push(7 * kCapacity, 1));
  test.drain();
  EXPECT_TRUE(gives_back_down_to(test, kKeptBytes));
  ASSERT_TRUE(test.push(7 * kCapacity, 2)) << "and charges it again";
  EXPECT_EQ(test.budget.bytes_used(), 7 * kCapacity - (16 << 10));
  EXPECT_EQ(test.drain(), Numbers{2});
}

TEST(SpanRing, gives_back_nothing_that_holds_records) {
  RingHarness test(8 * kCapacity);
  test.budget.set_max(8 * kCapacity);
  ASSERT_TRUE(test.push(7 * kCapacity, 1));
  for (int round = 0; round < 100; ++round) {
    ASSERT_TRUE(test.push(kStrideMin, 2));
    ASSERT_EQ(test.drain(1).size(), 1);  // one is left
  }
  EXPECT_EQ(test.budget.bytes_used(), 8 * kCapacity - (16 << 10));
}

TEST(SpanRing, keeps_its_memory_while_there_is_enough) {
  RingHarness test(8 * kCapacity);
  test.budget.set_max(16 * kCapacity);
  ASSERT_TRUE(test.push(8 * kCapacity, 1));
  test.drain();
  EXPECT_FALSE(gives_back_down_to(test, kKeptBytes));
  test.budget.set_max(8 * kCapacity);
  EXPECT_TRUE(gives_back_down_to(test, kKeptBytes));
}

TEST(SpanRing, keeps_the_charge_of_memory_that_the_host_has_locked) {
  RingHarness test(8 * kCapacity);
  test.budget.set_max(8 * kCapacity);
  ASSERT_TRUE(test.push(7 * kCapacity, 1));
  const char* ring_bytes = nullptr;
  test.ring.drain([&](const core::RecordHeader& record) {
    ring_bytes = reinterpret_cast<const char*>(&record);
    return true;
  });
  // By the kernel's own call: sanitizers let mlock() do nothing.
  ASSERT_EQ(syscall(SYS_mlock, ring_bytes + 6 * kCapacity, 4096), 0);
  errno = 0;
  EXPECT_FALSE(gives_back_down_to(test, kKeptBytes));
  EXPECT_EQ(errno, 0);
  syscall(SYS_munlock, ring_bytes + 6 * kCapacity, 4096);
  EXPECT_TRUE(gives_back_down_to(test, kKeptBytes));
}

TEST(SpanRing, prefault_leaves_records_alone) {
  RingHarness test;
  test.ring.prefault();
  ASSERT_TRUE(test.push(3000, 1));
  ASSERT_TRUE(test.push(3000, 2));
  test.ring.prefault();
  EXPECT_EQ(test.drain(), (Numbers{1, 2}));
}

TEST(SpanRing, prefault_leaves_the_record_alone_that_is_being_drained) {
  RingHarness test;
  ASSERT_TRUE(test.push(3000, 1));
  test.ring.drain([&](const core::RecordHeader& record) {
    EXPECT_EQ(test.ring.held(), 0) << "it is drained, for those who count";
    test.ring.prefault();
    EXPECT_TRUE(is_intact(record));
    EXPECT_EQ(record.size_bytes, 3000);
    return true;
  });
}

// ---- Records in blocks of their own

constinit int blocks_released = 0;

class LargeRecord {
 public:
  LargeRecord(uint32_t size_bytes, uint64_t number) : record_(size_bytes, number) {}
  core::RecordBlock block() {
    return {&record_.header(), record_.header().size_bytes,
            [](core::RecordHeader*, uint32_t) noexcept { ++blocks_released; }};
  }

 private:
  TestRecord record_;
};

TEST(SpanRing, takes_a_record_in_a_block_among_others) {
  RingHarness test;
  blocks_released = 0;
  LargeRecord large(10 * kCapacity, 2);
  ASSERT_TRUE(test.push(500, 1));
  ASSERT_TRUE(test.ring.try_push_block(large.block()));
  ASSERT_TRUE(test.push(500, 3));
  EXPECT_EQ(test.ring.held(), 3u);
  EXPECT_LT(test.ring.stream_end(), 2000u) << "the large one is not copied";
  EXPECT_EQ(test.drain(1), Numbers{1});
  EXPECT_EQ(blocks_released, 0);
  EXPECT_EQ(test.drain(1), Numbers{2}) << "whole, by its bytes";
  EXPECT_EQ(blocks_released, 1);
  EXPECT_EQ(test.drain(), Numbers{3});
  EXPECT_EQ(blocks_released, 1);
  EXPECT_EQ(test.ring.held(), 0u);
}

TEST(SpanRing, leaves_a_block_to_its_owner_when_it_is_full) {
  RingHarness test;
  blocks_released = 0;
  ASSERT_TRUE(test.push(kCapacity, 1));
  LargeRecord large(2 * kCapacity, 2);
  EXPECT_FALSE(test.ring.try_push_block(large.block()));
  EXPECT_EQ(test.ring.counters().dropped.ring_full.value(), 1u);
  EXPECT_EQ(blocks_released, 0);
}

}  // namespace
}  // namespace cero::test
