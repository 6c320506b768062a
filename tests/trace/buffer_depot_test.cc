// Goal: the depot hands each buffer to one taker, whichever thread put it there, and maps more only
// within the budget. Method: depots of the test's own.
#include "trace/buffer_depot.h"

#include <gtest/gtest.h>

#include <set>
#include <thread>
#include <vector>

#include "base/fork.h"
#include "trace/open_span_budget.h"

namespace cero::core {
namespace {

constexpr uint64_t kDefaultBudget = uint64_t{64} << 20;
constexpr size_t kLumpBuffers = 32;

class BufferDepotTest : public testing::Test {
 protected:
  ~BufferDepotTest() override { OpenSpanBudget::set_max(kDefaultBudget); }

  static std::vector<SpanBuffer*> listed(SpanBuffer* first) {
    std::vector<SpanBuffer*> all;
    for (; first != nullptr; first = first->next.load()) all.push_back(first);
    return all;
  }
  std::set<SpanBuffer*> take_all() {
    OpenSpanBudget::set_max(0);  // only what is there
    std::set<SpanBuffer*> all;
    while (SpanBuffer* buffer = depot_.take(1)) EXPECT_TRUE(all.insert(buffer).second);
    OpenSpanBudget::set_max(kDefaultBudget);
    return all;
  }

  BufferDepot depot_;
};

TEST_F(BufferDepotTest, hands_out_a_lump_of_distinct_buffers) {
  const std::vector<SpanBuffer*> some = listed(depot_.take(5));
  ASSERT_EQ(some.size(), 5u);
  std::set<SpanBuffer*> taken(some.begin(), some.end());
  EXPECT_EQ(taken.size(), some.size());
  for (const SpanBuffer* buffer : taken) {
    EXPECT_EQ(buffer->record, &buffer->inline_record);
    EXPECT_EQ(buffer->made_after_forks, fork_count());
  }
  taken.merge(take_all());
  EXPECT_EQ(taken.size(), kLumpBuffers);
}

TEST_F(BufferDepotTest, hands_out_what_was_put_last) {
  const std::vector<SpanBuffer*> some = listed(depot_.take(3));
  ASSERT_EQ(some.size(), 3u);
  depot_.put(some[0], some[2]);
  EXPECT_EQ(listed(depot_.take(3)), some);
  depot_.put(some[1], some[1]);
  EXPECT_EQ(depot_.take(1), some[1]);
}

TEST_F(BufferDepotTest, hands_out_as_many_as_there_are) {
  ASSERT_EQ(listed(depot_.take(1)).size(), 1u);
  OpenSpanBudget::set_max(0);
  EXPECT_EQ(listed(depot_.take(2 * kLumpBuffers)).size(), kLumpBuffers - 1);
  EXPECT_EQ(depot_.take(1), nullptr);
}

TEST_F(BufferDepotTest, hands_out_a_whole_lump) {
  EXPECT_EQ(listed(depot_.take(2 * kLumpBuffers)).size(), kLumpBuffers);
  EXPECT_TRUE(take_all().empty());
}

// Each takes some and puts them back, thousands of times: the tag goes round in its low bits.
TEST_F(BufferDepotTest, loses_and_doubles_nothing_between_threads) {
  constexpr uint32_t kRounds = 20'000;
  const std::vector<SpanBuffer*> lump = listed(depot_.take(kLumpBuffers));
  depot_.put(lump.front(), lump.back());
  OpenSpanBudget::set_max(0);
  std::vector<std::thread> threads;
  for (uint32_t t = 0; t < 3; ++t) {
    threads.emplace_back([&, t] {
      for (uint32_t i = 0; i < kRounds; ++i) {
        const std::vector<SpanBuffer*> taken = listed(depot_.take(1 + i % 3));
        for (SpanBuffer* buffer : taken) buffer->value_length_max = t;
        for (const SpanBuffer* buffer : taken) EXPECT_EQ(buffer->value_length_max, t);
        if (!taken.empty()) depot_.put(taken.front(), taken.back());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(take_all(), std::set<SpanBuffer*>(lump.begin(), lump.end()));
}

// Neither buffers nor blocks starve the other.
TEST_F(BufferDepotTest, takes_three_quarters_of_the_budget_at_most) {
  constexpr uint64_t kMax = uint64_t{8} << 20;
  OpenSpanBudget::set_max(kMax);
  uint64_t bytes = 0;
  while (depot_.take(1) != nullptr) bytes += detail::kSpanBufferBytes;
  EXPECT_LE(bytes, kMax / 4 * 3);
  EXPECT_TRUE(OpenSpanBudget::try_charge_block(kMax / 4));
  OpenSpanBudget::refund_block(kMax / 4);
  OpenSpanBudget::set_max(2 * kMax);
  EXPECT_FALSE(OpenSpanBudget::try_charge_block(2 * kMax));
  EXPECT_TRUE(OpenSpanBudget::try_charge_block(kMax));
  OpenSpanBudget::refund_block(kMax);
}

TEST(LooseBuffer, belongs_to_no_pool) {
  SpanBuffer* buffer = make_loose_buffer();
  ASSERT_NE(buffer, nullptr);
  EXPECT_EQ(buffer->made_after_forks, kLooseBuffer);
  EXPECT_EQ(buffer->wire(), reinterpret_cast<char*>(&buffer->inline_record + 1));
  free_loose_buffer(buffer);
}

}  // namespace
}  // namespace cero::core
