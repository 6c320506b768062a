// Goal: gzip and zstd bodies come back whole, whatever their members and size; bad and oversized
// ones are told apart.
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
    const auto result = inflater.inflate_gzip(test::gzip(original), kNoLimit);
    EXPECT_EQ(result.outcome, Outcome::ok);
    EXPECT_TRUE(result.bytes == original) << size;
  }
}

TEST(Inflater, joins_members) {
  Inflater inflater;
  const std::string large(3'000'000, 'a');
  const auto result = inflater.inflate_gzip(test::gzip(large) + test::gzip("end"), kNoLimit);
  EXPECT_EQ(result.outcome, Outcome::ok);
  EXPECT_TRUE(result.bytes == large + "end");
}

TEST(Inflater, refuses_what_is_not_gzip) {
  Inflater inflater;
  const std::string good = test::gzip("hello");
  EXPECT_EQ(inflater.inflate_gzip("", kNoLimit).outcome, Outcome::malformed);
  EXPECT_EQ(inflater.inflate_gzip("hello", kNoLimit).outcome, Outcome::malformed);
  EXPECT_EQ(inflater.inflate_gzip(good + "tail", kNoLimit).outcome, Outcome::malformed);
  for (size_t size = 1; size < good.size(); ++size) {
    EXPECT_EQ(inflater.inflate_gzip(good.substr(0, size), kNoLimit).outcome, Outcome::malformed)
        << size;
  }
}

TEST(Inflater, holds_the_limit_exactly) {
  Inflater inflater;
  constexpr size_t kLimit = 2'500'000;
  EXPECT_EQ(inflater.inflate_gzip(test::gzip(std::string(kLimit, 'x')), kLimit).outcome,
            Outcome::ok);
  EXPECT_EQ(inflater.inflate_gzip(test::gzip(std::string(kLimit + 1, 'x')), kLimit).outcome,
            Outcome::too_large);
  EXPECT_EQ(inflater.inflate_gzip(test::gzip(std::string(1000, 'x')), 999).outcome,
            Outcome::too_large);
}

class InflaterZstd : public testing::Test {
 protected:
  void SetUp() override {
    if (!Inflater::knows_zstd()) GTEST_SKIP() << "built without libzstd";
  }

  Inflater inflater_;
};

TEST_F(InflaterZstd, gives_back_what_was_compressed) {
  for (const size_t size : {size_t{0}, size_t{1}, size_t{100'000}, size_t{5'000'000}}) {
    const std::string original(size, 'x');
    const auto result = inflater_.inflate_zstd(test::zstd(original), kNoLimit);
    EXPECT_EQ(result.outcome, Outcome::ok);
    EXPECT_TRUE(result.bytes == original) << size;
  }
}

TEST_F(InflaterZstd, joins_frames) {
  const std::string large(3'000'000, 'a');
  const auto result = inflater_.inflate_zstd(test::zstd(large) + test::zstd("end"), kNoLimit);
  EXPECT_EQ(result.outcome, Outcome::ok);
  EXPECT_TRUE(result.bytes == large + "end");
}

TEST_F(InflaterZstd, refuses_what_is_not_zstd_and_goes_on) {
  const std::string good = test::zstd("hello");
  EXPECT_EQ(inflater_.inflate_zstd("", kNoLimit).outcome, Outcome::malformed);
  EXPECT_EQ(inflater_.inflate_zstd("hello", kNoLimit).outcome, Outcome::malformed);
  EXPECT_EQ(inflater_.inflate_zstd(good + "tail", kNoLimit).outcome, Outcome::malformed);
  for (size_t size = 1; size < good.size(); ++size) {
    EXPECT_EQ(inflater_.inflate_zstd(good.substr(0, size), kNoLimit).outcome, Outcome::malformed)
        << size;
  }
  EXPECT_EQ(inflater_.inflate_zstd(good, kNoLimit).bytes, "hello");
}

TEST_F(InflaterZstd, holds_the_limit_exactly) {
  constexpr size_t kLimit = 2'500'000;
  const auto outcome = [&](size_t size, size_t limit) {
    return inflater_.inflate_zstd(test::zstd(std::string(size, 'x')), limit).outcome;
  };
  EXPECT_EQ(outcome(kLimit, kLimit), Outcome::ok);
  EXPECT_EQ(outcome(kLimit + 1, kLimit), Outcome::too_large);
  EXPECT_EQ(outcome(1000, 1000), Outcome::ok);
  EXPECT_EQ(outcome(1000, 999), Outcome::too_large);
}

}  // namespace
}  // namespace cero::receiver
