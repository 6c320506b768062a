// Goal: gzip bodies come back whole, whatever their members and size; bad and oversized ones are
// told apart.
#include "receiver/inflate.h"

#include <gtest/gtest.h>

#include <string>

#include "receiver/request_bodies.h"

namespace cero::receiver {
namespace {

constexpr size_t kNoLimit = size_t{1} << 30;
using Outcome = Inflater::Outcome;

TEST(Inflater, gives_back_what_was_compressed) {
  Inflater inflater;
  for (const size_t size : {size_t{0}, size_t{1}, size_t{100'000}, size_t{5'000'000}}) {
    const std::string original(size, 'x');
    const auto result = inflater.inflate(test::gzip(original), kNoLimit);
    EXPECT_EQ(result.outcome, Outcome::ok);
    EXPECT_TRUE(result.bytes == original) << size;
  }
}

TEST(Inflater, joins_members) {
  Inflater inflater;
  const std::string large(3'000'000, 'a');
  const auto result = inflater.inflate(test::gzip(large) + test::gzip("end"), kNoLimit);
  EXPECT_EQ(result.outcome, Outcome::ok);
  EXPECT_TRUE(result.bytes == large + "end");
}

TEST(Inflater, refuses_what_is_not_gzip) {
  Inflater inflater;
  const std::string good = test::gzip("hello");
  EXPECT_EQ(inflater.inflate("", kNoLimit).outcome, Outcome::malformed);
  EXPECT_EQ(inflater.inflate("hello", kNoLimit).outcome, Outcome::malformed);
  EXPECT_EQ(inflater.inflate(good + "tail", kNoLimit).outcome, Outcome::malformed);
  for (size_t size = 1; size < good.size(); ++size) {
    EXPECT_EQ(inflater.inflate(good.substr(0, size), kNoLimit).outcome, Outcome::malformed) << size;
  }
}

TEST(Inflater, holds_the_limit_exactly) {
  Inflater inflater;
  constexpr size_t kLimit = 2'500'000;
  EXPECT_EQ(inflater.inflate(test::gzip(std::string(kLimit, 'x')), kLimit).outcome, Outcome::ok);
  EXPECT_EQ(inflater.inflate(test::gzip(std::string(kLimit + 1, 'x')), kLimit).outcome,
            Outcome::too_large);
  EXPECT_EQ(inflater.inflate(test::gzip(std::string(1000, 'x')), 999).outcome, Outcome::too_large);
}

}  // namespace
}  // namespace cero::receiver
