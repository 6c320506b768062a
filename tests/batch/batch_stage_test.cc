// Goal: BatchStage closes batches when it should and only then, takes nothing it cannot place, and
// counts what it loses. (batch_stage_blocked_test.cc has it without a body.) Method: rings filled
// by hand, one thread, ticks that are made up; requests are read back with protobuf.
#include "batch/batch_stage.h"

#include <gtest/gtest.h>

#include "batch/batch_stage_harness.h"
#include "support/allocation_count.h"

namespace cero::test {
namespace {

TEST(BatchStage, closes_nothing_when_there_is_nothing) {
  StageHarness test(1);
  EXPECT_TRUE(test.sweep());
  EXPECT_TRUE(test.stage().close_batch());
  EXPECT_EQ(test.stage().time_to_due(UINT64_MAX), std::chrono::nanoseconds::max());
  EXPECT_EQ(test.next_batch(), std::nullopt);
  EXPECT_EQ(test.stage().last_number(), 0);
}

TEST(BatchStage, closes_when_it_has_spans_max) {
  StageHarness test(1, {.spans_max = 3});
  test.push_many(0, 1, 2);
  ASSERT_TRUE(test.sweep());
  EXPECT_EQ(test.next_batch(), std::nullopt);
  EXPECT_EQ(test.stage().counters().in_flight.value(), 2);
  test.push_many(0, 3, 2);
  ASSERT_TRUE(test.sweep());
  EXPECT_EQ(test.next_batch(), (Numbers{1, 2, 3}));
  EXPECT_EQ(test.stage().counters().in_flight.value(), 1);
  EXPECT_EQ(test.stage().last_number(), 1);
}

TEST(BatchStage, makes_smaller_batches_when_the_exporter_wishes) {
  StageHarness test(1);
  test.exchange().set_body_bytes_max(4 * kRecordBytes);
  test.push_many(0, 1, 4);
  ASSERT_TRUE(test.sweep());
  const auto first = test.next_batch();
  ASSERT_TRUE(first);
  EXPECT_LT(first->size(), 4u);
  test.exchange().set_body_bytes_max(UINT32_MAX);  // counts for the next batch that begins
  ASSERT_TRUE(test.stage().close_batch());
  ASSERT_TRUE(test.next_batch());
  test.push_many(0, 5, 100);
  ASSERT_TRUE(test.sweep());
  EXPECT_EQ(test.next_batch(), std::nullopt);
  ASSERT_TRUE(test.stage().close_batch());
  EXPECT_EQ(test.next_batch()->size(), 100u);
}

TEST(BatchStage, closes_a_full_batch_as_soon_as_there_is_a_body_again) {
  StageHarness test(1, {.spans_max = 2});
  test.push_many(0, 1, 2 * core::BodyExchange::kBodyCount);
  ASSERT_TRUE(test.sweep());
  test.push_many(0, 9, 2);
  EXPECT_FALSE(test.sweep()) << "no body for the fifth";
  EXPECT_EQ(test.stage().counters().in_flight.value(), 2);
  EXPECT_EQ(test.stage().time_to_due(kStartTicks), std::chrono::nanoseconds::zero());
  ASSERT_EQ(test.next_batch(), (Numbers{1, 2}));
  ASSERT_TRUE(test.stage().try_unblock());
  EXPECT_TRUE(test.stage().close_if_due(kStartTicks, {}));
  EXPECT_EQ(test.stage().last_number(), 5);
}

TEST(BatchStage, closes_before_its_bytes_are_over_bytes_max) {
  constexpr uint32_t kBytesMax = 64 << 10;
  StageHarness test(1, {.bytes_max = kBytesMax});
  test.push_many(0, 0, 1000);
  ASSERT_TRUE(test.sweep());
  ASSERT_TRUE(test.stage().close_batch());
  uint64_t next = 0;
  int batches = 0;
  while (const std::optional<Numbers> batch = test.next_batch()) {
    ++batches;
    EXPECT_LE(batch->size() * kRecordBytes, kBytesMax + batch->size() * 64) << "rather full";
    for (const uint64_t number : *batch) EXPECT_EQ(number, next++);
  }
  EXPECT_EQ(next, 1000);
  EXPECT_GT(batches, 1);
}

TEST(BatchStage, closes_when_its_oldest_span_is_old_enough) {
  StageHarness test(1);
  test.push(0, 1, kStartTicks + 10);
  test.push(0, 2, kStartTicks);  // the oldest, though it came later
  test.push(0, 3, kStartTicks + 20);
  ASSERT_TRUE(test.sweep());
  EXPECT_EQ(test.stage().time_to_due(kStartTicks), kDelayMax);
  EXPECT_EQ(test.stage().time_to_due(kStartTicks + kDelayTicks - 1), std::chrono::nanoseconds(1));
  EXPECT_TRUE(test.stage().close_if_due(kStartTicks + kDelayTicks - 1, {}));
  EXPECT_EQ(test.next_batch(), std::nullopt);
  EXPECT_TRUE(test.stage().close_if_due(kStartTicks + kDelayTicks, {}));
  EXPECT_EQ(test.next_batch(), (Numbers{1, 2, 3}));
}

TEST(BatchStage, closes_what_would_be_too_old_in_the_next_pass) {
  StageHarness test(1);
  test.push(0, 1, kStartTicks);
  ASSERT_TRUE(test.sweep());
  EXPECT_TRUE(test.stage().close_if_due(kStartTicks, kDelayMax - std::chrono::nanoseconds(1)));
  EXPECT_EQ(test.next_batch(), std::nullopt);
  EXPECT_TRUE(test.stage().close_if_due(kStartTicks, kDelayMax));
  EXPECT_EQ(test.next_batch(), (Numbers{1}));
}

TEST(BatchStage, counts_the_age_of_a_new_batch_from_its_own_spans) {
  StageHarness test(1, {.spans_max = 2});
  test.push(0, 1, kStartTicks);
  test.push(0, 2, kStartTicks);
  test.push(0, 3, kStartTicks + kDelayTicks / 2);
  ASSERT_TRUE(test.sweep());
  ASSERT_EQ(test.next_batch(), (Numbers{1, 2}));
  EXPECT_EQ(test.stage().time_to_due(kStartTicks + kDelayTicks), kDelayMax / 2);
}

TEST(BatchStage, closes_at_once_when_the_ticks_ran_far_ahead_or_began_anew) {
  for (const uint64_t now : {kStartTicks + 1'000'000 * kDelayTicks, uint64_t{1}}) {
    StageHarness test(1);
    test.push(0, 1, kStartTicks);
    ASSERT_TRUE(test.sweep());
    EXPECT_EQ(test.stage().time_to_due(now), std::chrono::nanoseconds::zero());
    EXPECT_TRUE(test.stage().close_if_due(now, {}));
    EXPECT_EQ(test.next_batch(), (Numbers{1}));
  }
}

TEST(BatchStage, drains_only_rings_with_tickets_until_it_sweeps) {
  StageHarness test(3);
  for (size_t ring = 0; ring < 3; ++ring) test.push(ring, ring + 1);
  test.tickets().announce(test.ring(1), /*urgent=*/false);
  ASSERT_TRUE(test.stage().drain_tickets());
  EXPECT_EQ(test.stage().counters().in_flight.value(), 1);
  EXPECT_EQ(test.ring(1).held(), 0);
  ASSERT_TRUE(test.stage().sweep()) << "none was started";
  EXPECT_EQ(test.stage().counters().in_flight.value(), 1);
  ASSERT_TRUE(test.sweep());
  EXPECT_EQ(test.stage().counters().in_flight.value(), 3);
}

TEST(BatchStage, counts_the_bytes_it_drained) {
  StageHarness test(1);
  test.push_many(0, 1, 10);
  ASSERT_TRUE(test.sweep());
  EXPECT_GE(test.stage().take_bytes_drained(), 10 * kRecordBytes);
  EXPECT_EQ(test.stage().take_bytes_drained(), 0);
}

// Each span lost announces its ring again, as producers do that are as fast as the batch thread.
TEST(BatchStage, ends_a_pass_although_tickets_keep_coming) {
  StageHarness test(1);
  const auto push_stale = [&] {
    TestRecord stale(kRecordBytes, 1);
    stale.header().generation = kGeneration - 1;
    ASSERT_TRUE(test.ring(0).try_push(stale));
    test.tickets().announce(test.ring(0), /*urgent=*/false);
  };
  test.on_lost = [&](uint32_t) { push_stale(); };
  push_stale();
  EXPECT_TRUE(test.stage().drain_tickets());
  EXPECT_TRUE(test.tickets().has_tickets());
}

TEST(BatchStage, counts_records_of_an_earlier_provider_as_after_shutdown) {
  StageHarness test(1);
  TestRecord stale(kRecordBytes, 1);
  stale.header().generation = kGeneration - 1;
  ASSERT_TRUE(test.ring(0).try_push(stale));
  test.push(0, 2);
  ASSERT_TRUE(test.sweep());
  ASSERT_TRUE(test.stage().close_batch());
  EXPECT_EQ(test.next_batch(), Numbers{2});
  EXPECT_EQ(test.stage().counters().dropped.after_shutdown.value(), 1);
  EXPECT_EQ(test.lost, 1);
}

TEST(BatchStage, counts_a_record_that_was_overwritten_as_corrupt) {
  StageHarness test(1);
  test.push(0, 1);
  TestRecord overwritten(kRecordBytes, 2);
  overwritten.wire()[1] = static_cast<char>(0xff);  // a length beyond the record
  ASSERT_TRUE(test.ring(0).try_push(overwritten));
  test.push(0, 3);
  ASSERT_TRUE(test.sweep());
  ASSERT_TRUE(test.stage().close_batch());
  EXPECT_EQ(test.next_batch(), (Numbers{1, 3}));
  EXPECT_EQ(test.stage().counters().dropped.corrupt.value(), 1);
  EXPECT_EQ(test.lost, 1);
}

TEST(BatchStage, does_not_hold_a_batch_that_it_had_no_memory_for) {
  StageHarness test(1);
  test.push_many(0, 1, 5);
  ASSERT_TRUE(test.sweep());
  ASSERT_EQ(test.stage().counters().in_flight.value(), 5);
  fail_allocation_after(0);
  EXPECT_TRUE(test.stage().close_batch());
  EXPECT_FALSE(cancel_failing_allocation()) << "nothing was allocated";
  EXPECT_EQ(test.stage().counters().dropped.no_memory.value(), 5);
  EXPECT_EQ(test.stage().counters().in_flight.value(), 0);
  EXPECT_EQ(test.lost, 5);
  EXPECT_EQ(test.next_batch(), std::nullopt);
  EXPECT_EQ(test.stage().last_number(), 0);
}

TEST(BatchStage, discards_its_open_batch_as_after_shutdown) {
  StageHarness test(1);
  test.push_many(0, 1, 3);
  ASSERT_TRUE(test.sweep());
  test.stage().discard();
  EXPECT_EQ(test.stage().counters().dropped.after_shutdown.value(), 3);
  EXPECT_EQ(test.stage().counters().in_flight.value(), 0);
  EXPECT_EQ(test.lost, 3);
  EXPECT_TRUE(test.stage().close_batch());
  EXPECT_EQ(test.next_batch(), std::nullopt);
}

}  // namespace
}  // namespace cero::test
