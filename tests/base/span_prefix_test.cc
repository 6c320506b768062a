// Goal: a number stands for its bytes for ever, equal bytes have one number, and there is a bound.
// Method: the table itself, from several threads; the last test fills it.
#include "base/span_prefix.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <thread>
#include <vector>

namespace cero::core {
namespace {

TEST(SpanPrefix, names_equal_bytes_by_one_number) {
  const uint32_t first = intern_prefix("some bytes");
  const uint32_t second = intern_prefix("other bytes");
  EXPECT_NE(first, 0u);
  EXPECT_NE(first, second);
  EXPECT_EQ(intern_prefix(std::string("some ") + "bytes"), first);
  EXPECT_EQ(prefix_of(first), "some bytes");
  EXPECT_EQ(prefix_of(second), "other bytes");
}

TEST(SpanPrefix, has_no_number_for_no_bytes) {
  EXPECT_EQ(intern_prefix(""), 0u);
  EXPECT_EQ(prefix_of(0), "");
}

TEST(SpanPrefix, is_the_same_for_all_threads) {
  constexpr int kThreads = 4;
  constexpr int kPrefixes = 200;
  std::array<std::vector<uint32_t>, kThreads> numbers;
  std::vector<std::thread> threads;
  for (auto& mine : numbers) {
    threads.emplace_back([&mine] {
      for (int i = 0; i < kPrefixes; ++i) {
        mine.push_back(intern_prefix("prefix " + std::to_string(i)));
        EXPECT_EQ(prefix_of(mine.back()), "prefix " + std::to_string(i));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const auto& others : numbers) EXPECT_EQ(others, numbers[0]);
}

TEST(SpanPrefix, gives_none_past_its_bound) {
  uint32_t last = 0;
  uint32_t number = 0;
  for (size_t i = 0; i <= kPrefixesMax; ++i) {
    number = intern_prefix("filler " + std::to_string(i));
    if (number != 0) last = number;
  }
  EXPECT_EQ(number, 0u);
  EXPECT_EQ(last, kPrefixesMax);
  EXPECT_NE(intern_prefix("filler 0"), 0u) << "what is known stays so";
}

}  // namespace
}  // namespace cero::core
