// Goal: ids are distinct, never zero, and random in every bit. Method: many ids of several
// generators.
#include "base/random.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace cero::core {
namespace {

constexpr int kIds = 20'000;

TEST(IdGenerator, ids_are_distinct_within_and_between_generators) {
  std::set<std::array<uint8_t, 16>> trace_ids;
  std::set<std::array<uint8_t, 8>> span_ids;
  for (int generator = 0; generator < 4; ++generator) {
    IdGenerator ids;
    ASSERT_TRUE(ids.seed());
    for (int i = 0; i < kIds; ++i) {
      EXPECT_TRUE(trace_ids.insert(ids.trace_id()).second);
      EXPECT_TRUE(span_ids.insert(ids.span_id()).second);
    }
  }
  EXPECT_FALSE(span_ids.contains({}));
  EXPECT_FALSE(trace_ids.contains({}));
}

// The sampler reads the low 56 bits, other systems others: each bit is set half of the time. Six
// standard deviations: fails by chance once in a million runs of all 128 bits.
TEST(IdGenerator, every_bit_is_set_half_of_the_time) {
  IdGenerator ids;
  ASSERT_TRUE(ids.seed());
  std::array<int, 128> counts{};
  for (int i = 0; i < kIds; ++i) {
    const std::array<uint8_t, 16> id = ids.trace_id();
    for (size_t bit = 0; bit < 128; ++bit) counts[bit] += id[bit / 8] >> (bit % 8) & 1;
  }
  for (const int count : counts) EXPECT_NEAR(count, kIds / 2.0, 6 * 71);
}

}  // namespace
}  // namespace cero::core
