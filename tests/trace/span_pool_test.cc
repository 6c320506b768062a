// Goal: a thread has the buffers it used last at hand, and keeps no more than its share of them:
// the others are anybody's. Method: pools of the test's own beside the process's depot.
#include "trace/span_pool.h"

#include <gtest/gtest.h>

#include <cstring>
#include <set>
#include <vector>

#include "trace/open_span_budget.h"
#include "trace/record_block.h"

namespace cero::core {
namespace {

constexpr uint64_t kDefaultBudget = uint64_t{64} << 20;

class SpanPoolTest : public testing::Test {
 protected:
  SpanPoolTest() { pool_.begin_use(); }
  ~SpanPoolTest() override {
    OpenSpanBudget::set_max(kDefaultBudget);
    pool_.end_use();
  }

  std::vector<SpanBuffer*> take(size_t count) {
    std::vector<SpanBuffer*> taken;
    while (taken.size() < count) taken.push_back(pool_.take());
    return taken;
  }
  static std::set<SpanBuffer*> take_from_depot() {
    OpenSpanBudget::set_max(0);  // only what is there
    std::set<SpanBuffer*> all;
    while (SpanBuffer* buffer = buffer_depot.take(1)) EXPECT_TRUE(all.insert(buffer).second);
    OpenSpanBudget::set_max(kDefaultBudget);
    return all;
  }

  SpanPool pool_;
};

TEST_F(SpanPoolTest, hands_out_distinct_buffers) {
  const std::vector<SpanBuffer*> taken = take(100);
  const std::set<SpanBuffer*> distinct(taken.begin(), taken.end());
  EXPECT_EQ(distinct.size(), taken.size());
  EXPECT_FALSE(distinct.contains(nullptr));
  for (SpanBuffer* buffer : taken) {
    EXPECT_TRUE(pool_.may_keep(*buffer));
    pool_.give_back(buffer);
  }
}

TEST_F(SpanPoolTest, hands_out_the_buffer_used_last) {
  const std::vector<SpanBuffer*> taken = take(2);
  pool_.give_back(taken[1]);
  pool_.give_back(taken[0]);
  EXPECT_EQ(pool_.take(), taken[0]);
  EXPECT_EQ(pool_.take(), taken[1]);
  for (SpanBuffer* buffer : taken) pool_.give_back(buffer);
}

// One thread that once had very many open starves nobody.
TEST_F(SpanPoolTest, keeps_no_more_than_its_share) {
  const std::vector<SpanBuffer*> taken = take(1000);
  for (SpanBuffer* buffer : taken) pool_.give_back(buffer);
  const std::set<SpanBuffer*> free_for_all = take_from_depot();
  size_t left = 0;
  for (SpanBuffer* buffer : taken) left += free_for_all.contains(buffer) ? 0 : 1;
  EXPECT_LE(left, size_t{2} * SpanPool::kKeptMax);
  EXPECT_GE(left, 1u) << "what it used last";
  for (SpanBuffer* buffer : free_for_all) give_back_to_depot(buffer);
}

TEST_F(SpanPoolTest, keeps_a_buffer_or_two_where_there_are_thousands_of_threads) {
  std::vector<SpanPool> others(5000);
  for (SpanPool& other : others) other.begin_use();
  const std::vector<SpanBuffer*> taken = take(50);
  for (SpanBuffer* buffer : taken) pool_.give_back(buffer);
  const std::set<SpanBuffer*> free_for_all = take_from_depot();
  size_t left = 0;
  for (SpanBuffer* buffer : taken) left += free_for_all.contains(buffer) ? 0 : 1;
  EXPECT_GE(left, 1u);
  EXPECT_LE(left, 2u);
  for (SpanBuffer* buffer : free_for_all) give_back_to_depot(buffer);
  for (SpanPool& other : others) other.end_use();
}

TEST_F(SpanPoolTest, keeps_nothing_when_its_thread_has_ended) {
  const std::vector<SpanBuffer*> taken = take(10);
  for (SpanBuffer* buffer : taken) pool_.give_back(buffer);
  pool_.end_use();
  const std::set<SpanBuffer*> free_for_all = take_from_depot();
  for (SpanBuffer* buffer : taken) EXPECT_TRUE(free_for_all.contains(buffer));
  for (SpanBuffer* buffer : free_for_all) give_back_to_depot(buffer);
  pool_.begin_use();
}

TEST_F(SpanPoolTest, gives_the_depot_no_buffer_with_a_block) {
  const std::vector<SpanBuffer*> taken = take(200);
  for (SpanBuffer* buffer : taken) {
    buffer->at = buffer->wire();
    ASSERT_EQ(grow(*buffer, 3000, 64 << 10), detail::RecordFailure::none);
    shrink(*buffer);
    EXPECT_NE(buffer->own_block_bytes, 0u) << "which is worth keeping";
    pool_.give_back(buffer);
  }
  const std::set<SpanBuffer*> free_for_all = take_from_depot();
  for (const SpanBuffer* buffer : free_for_all) EXPECT_EQ(buffer->own_block_bytes, 0u);
  for (SpanBuffer* buffer : free_for_all) give_back_to_depot(buffer);
}

TEST_F(SpanPoolTest, hands_out_nothing_when_the_budget_is_used_up) {
  const std::set<SpanBuffer*> free_for_all = take_from_depot();
  OpenSpanBudget::set_max(0);
  EXPECT_EQ(pool_.take(), nullptr);
  OpenSpanBudget::set_max(kDefaultBudget);
  SpanBuffer* buffer = pool_.take();
  ASSERT_NE(buffer, nullptr);

  OpenSpanBudget::set_max(0);
  pool_.give_back(buffer);
  EXPECT_EQ(pool_.take(), buffer) << "what has been charged may be used";
  pool_.give_back(buffer);
  for (SpanBuffer* other : free_for_all) give_back_to_depot(other);
}

TEST_F(SpanPoolTest, prefault_leaves_the_buffers_for_the_next_takes) {
  pool_.prefault(8);
  const std::set<SpanBuffer*> free_for_all = take_from_depot();
  OpenSpanBudget::set_max(0);
  const std::vector<SpanBuffer*> taken = take(8);
  const std::set<SpanBuffer*> distinct(taken.begin(), taken.end());
  EXPECT_EQ(distinct.size(), 8u);
  EXPECT_FALSE(distinct.contains(nullptr));
  for (SpanBuffer* buffer : taken) pool_.give_back(buffer);
  for (SpanBuffer* other : free_for_all) give_back_to_depot(other);
}

}  // namespace
}  // namespace cero::core
