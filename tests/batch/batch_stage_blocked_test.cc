// Goal: a BatchStage that has no body leaves records where they are, and goes on with all of them
// when it has one. Method: as in batch_stage_test.cc.
#include <gtest/gtest.h>

#include "batch/batch_stage_harness.h"

namespace cero::test {
namespace {

TEST(BatchStage, leaves_records_in_their_ring_while_it_is_blocked) {
  StageHarness test(1, {.spans_max = 1});
  constexpr uint64_t kPlaces = core::BodyExchange::kBodyCount + 1;  // and one in the open batch
  test.push_many(0, 1, kPlaces + 2);
  EXPECT_FALSE(test.sweep());
  EXPECT_TRUE(test.stage().blocked());
  EXPECT_FALSE(test.stage().try_unblock());
  EXPECT_EQ(test.ring(0).held(), 2);
  EXPECT_EQ(test.stage().counters().in_flight.value(), 1);

  EXPECT_EQ(test.next_batch(), Numbers{1});  // gives a body back
  EXPECT_TRUE(test.stage().try_unblock());
  EXPECT_FALSE(test.stage().sweep()) << "for the record after the next";
  EXPECT_EQ(test.ring(0).held(), 1);
  for (uint64_t number = 2; number <= 5; ++number) EXPECT_EQ(test.next_batch(), Numbers{number});
  EXPECT_TRUE(test.stage().try_unblock());
  EXPECT_TRUE(test.stage().sweep());
  EXPECT_EQ(test.ring(0).held(), 0);
}

TEST(BatchStage, goes_on_with_the_next_ring_when_one_keeps_blocking_it) {
  StageHarness test(3, {.spans_max = 1});
  constexpr uint64_t kBusy = 100;
  test.push_many(0, kBusy, 20);
  test.push(1, 1);
  test.push(2, 2);
  // Ring 0 gets a record for each that leaves, so it is never empty.
  bool done = test.sweep();
  for (int round = 0; round < 100 && !done; ++round) {
    ASSERT_TRUE(test.next_batch());
    ASSERT_TRUE(test.stage().try_unblock());
    test.push(0, kBusy);
    done = test.stage().sweep();
  }
  EXPECT_TRUE(done);
  EXPECT_EQ(test.ring(1).held(), 0);
  EXPECT_EQ(test.ring(2).held(), 0);
}

TEST(BatchStage, includes_in_a_round_all_that_was_there_when_it_began) {
  StageHarness test(1, {.spans_max = 1});
  test.push_many(0, 1, 10);
  EXPECT_FALSE(test.sweep());
  test.push(0, 11);
  test.stage().start_sweep();  // for a flush, say, while the ring has its turn
  while (!test.stage().sweep()) {
    ASSERT_TRUE(test.next_batch());
    ASSERT_TRUE(test.stage().try_unblock());
  }
  EXPECT_EQ(test.ring(0).held(), 0);
}

TEST(BatchStage, finds_rings_whose_tickets_it_could_not_serve) {
  StageHarness test(2, {.spans_max = 1});
  test.push_many(0, 1, 10);
  test.push(1, 100);
  test.tickets().announce(test.ring(0), /*urgent=*/false);
  test.tickets().announce(test.ring(1), /*urgent=*/false);
  EXPECT_FALSE(test.stage().drain_tickets());
  EXPECT_FALSE(test.tickets().has_tickets()) << "both were taken";
  while (test.ring(0).held() + test.ring(1).held() > 0) {
    ASSERT_TRUE(test.next_batch());
    ASSERT_TRUE(test.stage().try_unblock());
    static_cast<void>(test.stage().drain_tickets() && test.stage().sweep());
  }
}

TEST(BatchStage, holds_a_closed_batch_back_until_there_is_a_body) {
  StageHarness test(1, {.spans_max = 1});
  test.push_many(0, 1, 5);
  EXPECT_FALSE(test.sweep());
  EXPECT_EQ(test.ring(0).held(), 0);
  EXPECT_FALSE(test.stage().close_batch());
  EXPECT_TRUE(test.stage().blocked());
  EXPECT_FALSE(test.stage().close_if_due(kStartTicks + kDelayTicks, {}));
  EXPECT_EQ(test.next_batch(), Numbers{1});
  EXPECT_TRUE(test.stage().close_batch());
  EXPECT_EQ(test.stage().last_number(), 5);
}

}  // namespace
}  // namespace cero::test
