// Goal: buffers come back to the pool they are from, memory stays within the budget, and a record
// that outgrows its block keeps its bytes. Method: pools of the test's own, the budget set to
// nothing where it must run out.
#include "trace/span_pool.h"

#include <gtest/gtest.h>

#include <cstring>
#include <set>
#include <thread>
#include <vector>

namespace cero::core {
namespace {

using detail::kOverwriteBytes;
using detail::RecordFailure;
using detail::RecordHeader;

constexpr uint32_t kSpanBytesMax = 64 << 10;

size_t wire_capacity(SpanBuffer& buffer) {
  return static_cast<size_t>(buffer.limit - buffer.wire()) + kOverwriteBytes;
}

class SpanPoolTest : public testing::Test {
 protected:
  ~SpanPoolTest() override { OpenSpanBudget::set_max(kDefaultBudget); }

  SpanBuffer& fresh() {
    SpanBuffer* buffer = pool_.take();
    buffer->at = buffer->wire();
    return *buffer;
  }
  // Wire bytes that tell where they are.
  static void fill(SpanBuffer& buffer, uint32_t size) {
    for (uint32_t i = buffer.wire_used(); i < size; ++i)
      buffer.wire()[i] = static_cast<char>(i % 251);
    buffer.at = buffer.wire() + size;
  }
  static void expect_filled(SpanBuffer& buffer) {
    for (uint32_t i = 0; i < buffer.wire_used(); ++i) {
      ASSERT_EQ(buffer.wire()[i], static_cast<char>(i % 251)) << i;
    }
  }

  static constexpr uint64_t kDefaultBudget = uint64_t{64} << 20;
  SpanPool& pool_ = *new SpanPool;  // immortal, as every pool
};

TEST_F(SpanPoolTest, hands_out_distinct_buffers_of_its_own) {
  std::set<SpanBuffer*> taken;
  for (int i = 0; i < 100; ++i) {
    SpanBuffer* buffer = pool_.take();
    ASSERT_NE(buffer, nullptr);
    EXPECT_EQ(buffer->pool, &pool_);
    EXPECT_EQ(buffer->record, &buffer->inline_record);
    EXPECT_TRUE(taken.insert(buffer).second);
    std::memset(buffer->wire(), 1, wire_capacity(*buffer));  // all of it is the caller's
  }
  for (SpanBuffer* buffer : taken) pool_.give_back(buffer);
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(taken.contains(pool_.take()));
}

TEST_F(SpanPoolTest, hands_out_the_buffer_used_last) {
  SpanBuffer* first = pool_.take();
  SpanBuffer* second = pool_.take();
  pool_.give_back(second);
  pool_.give_back(first);
  EXPECT_EQ(pool_.take(), first);
  EXPECT_EQ(pool_.take(), second);
}

TEST_F(SpanPoolTest, takes_back_what_other_threads_return) {
  constexpr int kCount = 60;
  std::set<SpanBuffer*> taken;
  for (int i = 0; i < kCount; ++i) taken.insert(pool_.take());
  std::vector<SpanBuffer*> all(taken.begin(), taken.end());
  std::vector<std::thread> returning;
  for (int part = 0; part < 3; ++part) {
    returning.emplace_back([&, part] {
      for (int i = part; i < kCount; i += 3) pool_.give_back_from_elsewhere(all[i]);
    });
  }
  for (std::thread& thread : returning) thread.join();
  OpenSpanBudget::set_max(0);  // nothing new can be had beyond the lump at hand
  std::set<SpanBuffer*> again;
  for (int i = 0; i < kCount; ++i) again.insert(pool_.take());
  EXPECT_EQ(again, taken);
}

TEST_F(SpanPoolTest, hands_out_nothing_when_the_budget_is_used_up) {
  OpenSpanBudget::set_max(0);
  EXPECT_EQ(pool_.take(), nullptr);
  OpenSpanBudget::set_max(kDefaultBudget);
  SpanBuffer* buffer = pool_.take();
  ASSERT_NE(buffer, nullptr);

  OpenSpanBudget::set_max(0);
  while (pool_.take() != nullptr) continue;  // what is left of the lump
  pool_.give_back(buffer);
  EXPECT_EQ(pool_.take(), buffer) << "what has been charged may be used";
}

TEST_F(SpanPoolTest, prefault_leaves_the_buffers_for_the_next_takes) {
  pool_.prefault(8);
  OpenSpanBudget::set_max(0);
  std::set<SpanBuffer*> taken;
  for (int i = 0; i < 8; ++i) taken.insert(pool_.take());
  EXPECT_EQ(taken.size(), 8);
  EXPECT_FALSE(taken.contains(nullptr));
}

TEST_F(SpanPoolTest, grows_a_record_and_keeps_its_bytes) {
  SpanBuffer& buffer = fresh();
  for (const uint32_t size : {1000u, 3000u, 9000u, 30'000u, 60'000u}) {
    if (!buffer.has_room(size - buffer.wire_used())) {
      ASSERT_EQ(grow(buffer, size - buffer.wire_used(), kSpanBytesMax), RecordFailure::none);
    }
    ASSERT_GE(wire_capacity(buffer), size + kOverwriteBytes);
    fill(buffer, size);
    expect_filled(buffer);
  }
  shrink(buffer);
  EXPECT_EQ(buffer.record, &buffer.inline_record);
  EXPECT_EQ(buffer.own_block_bytes, 0);
}

TEST_F(SpanPoolTest, grows_to_the_last_byte_that_a_span_may_have) {
  SpanBuffer& buffer = fresh();
  const size_t wire_max = kSpanBytesMax - sizeof(RecordHeader);
  EXPECT_EQ(grow(buffer, wire_max + 1, kSpanBytesMax), RecordFailure::too_large);
  EXPECT_EQ(buffer.record, &buffer.inline_record);
  ASSERT_EQ(grow(buffer, wire_max, kSpanBytesMax), RecordFailure::none);
  fill(buffer, static_cast<uint32_t>(wire_max));
  EXPECT_EQ(grow(buffer, 1, kSpanBytesMax), RecordFailure::too_large);
  expect_filled(buffer);
  shrink(buffer);
}

TEST_F(SpanPoolTest, does_not_grow_past_the_budget) {
  SpanBuffer& buffer = fresh();
  fill(buffer, 1000);
  OpenSpanBudget::set_max(0);
  EXPECT_EQ(grow(buffer, 5000, kSpanBytesMax), RecordFailure::no_memory);
  EXPECT_EQ(buffer.record, &buffer.inline_record);
  expect_filled(buffer);
}

TEST_F(SpanPoolTest, keeps_a_block_that_is_worth_keeping) {
  SpanBuffer& buffer = fresh();
  ASSERT_EQ(grow(buffer, 3000, kSpanBytesMax), RecordFailure::none);
  const RecordHeader* block = buffer.record;
  shrink(buffer);
  EXPECT_EQ(buffer.record, block);
  ASSERT_EQ(grow(buffer, 20'000, kSpanBytesMax), RecordFailure::none);
  shrink(buffer);
  EXPECT_EQ(buffer.record, &buffer.inline_record);
}

TEST_F(SpanPoolTest, gives_the_budget_back_when_a_record_shrinks) {
  SpanBuffer& buffer = fresh();
  // More in sum than the budget, never at once.
  for (int round = 0; round < 2000; ++round) {
    ASSERT_EQ(grow(buffer, 60'000, kSpanBytesMax), RecordFailure::none);
    shrink(buffer);
  }
}

TEST(LooseBuffer, belongs_to_no_pool) {
  SpanBuffer* buffer = make_loose_buffer();
  ASSERT_NE(buffer, nullptr);
  EXPECT_EQ(buffer->pool, nullptr);
  std::memset(buffer->wire(), 1, wire_capacity(*buffer));
  free_loose_buffer(buffer);
}

}  // namespace
}  // namespace cero::core
