// Goal: a record that outgrows its buffer keeps its bytes, within its own limit and the budget.
// Method: one buffer, the budget set to nothing where it must run out.
#include "trace/record_block.h"

#include <gtest/gtest.h>

#include "trace/buffer_depot.h"
#include "trace/open_span_budget.h"

namespace cero::core {
namespace {

using detail::kOverwriteBytes;
using detail::RecordFailure;
using detail::RecordHeader;

constexpr uint32_t kSpanBytesMax = 64 << 10;
constexpr uint64_t kDefaultBudget = uint64_t{64} << 20;

size_t wire_capacity(SpanBuffer& buffer) {
  return static_cast<size_t>(buffer.limit - buffer.wire()) + kOverwriteBytes;
}

class RecordBlockTest : public testing::Test {
 protected:
  RecordBlockTest() { buffer_.at = buffer_.wire(); }
  ~RecordBlockTest() override {
    OpenSpanBudget::set_max(kDefaultBudget);
    free_loose_buffer(&buffer_);
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

  SpanBuffer& buffer_ = *make_loose_buffer();
};

TEST_F(RecordBlockTest, grows_a_record_and_keeps_its_bytes) {
  for (const uint32_t size : {1000u, 3000u, 9000u, 30'000u, 60'000u}) {
    if (!buffer_.has_room(size - buffer_.wire_used())) {
      ASSERT_EQ(grow(buffer_, size - buffer_.wire_used(), kSpanBytesMax), RecordFailure::none);
    }
    ASSERT_GE(wire_capacity(buffer_), size + kOverwriteBytes);
    fill(buffer_, size);
    expect_filled(buffer_);
  }
  shrink(buffer_);
  EXPECT_EQ(buffer_.record, &buffer_.inline_record);
  EXPECT_EQ(buffer_.own_block_bytes, 0);
}

TEST_F(RecordBlockTest, grows_to_the_last_byte_that_a_span_may_have) {
  const size_t wire_max = kSpanBytesMax - sizeof(RecordHeader);
  EXPECT_EQ(grow(buffer_, wire_max + 1, kSpanBytesMax), RecordFailure::too_large);
  EXPECT_EQ(buffer_.record, &buffer_.inline_record);
  ASSERT_EQ(grow(buffer_, wire_max, kSpanBytesMax), RecordFailure::none);
  fill(buffer_, static_cast<uint32_t>(wire_max));
  EXPECT_EQ(grow(buffer_, 1, kSpanBytesMax), RecordFailure::too_large);
  expect_filled(buffer_);
  shrink(buffer_);
}

TEST_F(RecordBlockTest, does_not_grow_past_the_budget) {
  fill(buffer_, 1000);
  OpenSpanBudget::set_max(0);
  EXPECT_EQ(grow(buffer_, 5000, kSpanBytesMax), RecordFailure::no_memory);
  EXPECT_EQ(buffer_.record, &buffer_.inline_record);
  expect_filled(buffer_);
}

TEST_F(RecordBlockTest, keeps_a_block_that_is_worth_keeping) {
  ASSERT_EQ(grow(buffer_, 3000, kSpanBytesMax), RecordFailure::none);
  const RecordHeader* block = buffer_.record;
  shrink(buffer_);
  EXPECT_EQ(buffer_.record, block);
  ASSERT_EQ(grow(buffer_, 20'000, kSpanBytesMax), RecordFailure::none);
  shrink(buffer_);
  EXPECT_EQ(buffer_.record, &buffer_.inline_record);
}

TEST_F(RecordBlockTest, gives_the_budget_back_when_a_record_shrinks) {
  // More in sum than the budget, never at once.
  for (int round = 0; round < 2000; ++round) {
    ASSERT_EQ(grow(buffer_, 60'000, kSpanBytesMax), RecordFailure::none);
    shrink(buffer_);
  }
}

TEST_F(RecordBlockTest, keeps_no_block_when_the_budget_runs_short) {
  ASSERT_EQ(grow(buffer_, 3000, kSpanBytesMax), RecordFailure::none);
  OpenSpanBudget::set_max(buffer_.own_block_bytes);
  shrink(buffer_);
  EXPECT_EQ(buffer_.record, &buffer_.inline_record);
}

}  // namespace
}  // namespace cero::core
