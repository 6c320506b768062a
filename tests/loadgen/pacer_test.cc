// Pacer. Goal: the rate is kept on average, also by a thread that was late. Method: made-up times.
#include "loadgen/pacer.h"

#include <gtest/gtest.h>

namespace cero::loadgen {
namespace {

using std::chrono::milliseconds;

const Clock::time_point kStart(std::chrono::hours(1));

TEST(Pacer, makes_the_first_at_the_start_and_none_before) {
  Pacer pacer(10, kStart);
  EXPECT_EQ(pacer.take_due(kStart - milliseconds(1), 64), 0u);
  EXPECT_EQ(pacer.take_due(kStart, 64), 1u);
  EXPECT_EQ(pacer.take_due(kStart + milliseconds(99), 64), 0u);
  EXPECT_EQ(pacer.next_due(), kStart + milliseconds(100));
  EXPECT_EQ(pacer.take_due(kStart + milliseconds(101), 64), 1u);
}

TEST(Pacer, catches_up_in_portions) {
  Pacer pacer(1'000, kStart);
  uint64_t made = 0;
  for (int i = 0; i < 20; ++i) {
    const uint64_t due =
        pacer.take_due(kStart + milliseconds(1'000) + std::chrono::microseconds(500), 64);
    EXPECT_LE(due, 64u);
    made += due;
  }
  EXPECT_EQ(made, 1'001u);
}

TEST(Pacer, always_has_one_due_without_a_rate) {
  Pacer pacer(std::nullopt, kStart);
  EXPECT_EQ(pacer.take_due(kStart, 64), 64u);
  EXPECT_EQ(pacer.take_due(kStart, 64), 64u);
}

}  // namespace
}  // namespace cero::loadgen
