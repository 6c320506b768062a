// Goal: a limit that a backend has, of either measure, is found and kept to, and one that was
// raised is noticed. Method: answers and times that are made up.
#include "export/size_limit.h"

#include <gtest/gtest.h>

namespace cero::core {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kStart{1h};

TEST(SizeLimit, is_none_before_anything_was_too_large) {
  SizeLimit limit;
  limit.taken({.wire_bytes = 100'000, .body_bytes = 1'000'000});
  EXPECT_TRUE(limit.fits({.wire_bytes = 1u << 30, .body_bytes = 1u << 30}, kStart));
  EXPECT_EQ(limit.body_bytes_max(), UINT32_MAX);
}

TEST(SizeLimit, cuts_what_is_nearly_as_large_in_either_measure) {
  SizeLimit limit;
  limit.refused({.wire_bytes = 100'000, .body_bytes = 1'000'000}, kStart);
  EXPECT_FALSE(limit.fits({.wire_bytes = 100'000, .body_bytes = 10'000}, kStart));
  EXPECT_FALSE(limit.fits({.wire_bytes = 10'000, .body_bytes = 1'000'000}, kStart));
  EXPECT_TRUE(limit.fits({.wire_bytes = 87'000, .body_bytes = 870'000}, kStart));
  EXPECT_EQ(limit.body_bytes_max(), 500'000u);
  limit.taken({.wire_bytes = 80'000, .body_bytes = 800'000});
  EXPECT_EQ(limit.body_bytes_max(), 800'000u) << "what was taken will be";
}

TEST(SizeLimit, knows_what_is_larger_than_anything_it_took) {
  SizeLimit limit;
  EXPECT_FALSE(limit.is_larger_than_taken({.wire_bytes = 5'000, .body_bytes = 5'000}));
  limit.taken({.wire_bytes = 1'000, .body_bytes = 3'000});
  EXPECT_FALSE(limit.is_larger_than_taken({.wire_bytes = 1'000, .body_bytes = 3'000}));
  EXPECT_TRUE(limit.is_larger_than_taken({.wire_bytes = 1'001, .body_bytes = 10}));
  EXPECT_TRUE(limit.is_larger_than_taken({.wire_bytes = 10, .body_bytes = 3'001}));
}

TEST(SizeLimit, forgets_a_measure_that_the_limit_does_not_count) {
  SizeLimit limit;
  limit.refused({.wire_bytes = 100'000, .body_bytes = 1'000'000}, kStart);
  limit.taken({.wire_bytes = 120'000, .body_bytes = 400'000});
  EXPECT_TRUE(limit.fits({.wire_bytes = 500'000, .body_bytes = 800'000}, kStart));
  EXPECT_FALSE(limit.fits({.wire_bytes = 1, .body_bytes = 1'000'000}, kStart));
  EXPECT_EQ(limit.body_bytes_max(), 500'000u);
}

TEST(SizeLimit, makes_bodies_that_fit_a_limit_of_the_wire) {
  SizeLimit limit;
  limit.refused({.wire_bytes = 100'000, .body_bytes = 1'000'000}, kStart);
  limit.taken({.wire_bytes = 40'000, .body_bytes = 1'200'000});
  EXPECT_EQ(limit.body_bytes_max(), 500'000u) << "ten to one, half of the bytes refused";
}

TEST(SizeLimit, tries_twice_as_much_now_and_then) {
  SizeLimit limit;
  limit.refused({.wire_bytes = 100'000, .body_bytes = 100'000}, kStart);
  EXPECT_FALSE(limit.fits({.wire_bytes = 150'000, .body_bytes = 150'000}, kStart + 9min));
  EXPECT_TRUE(limit.fits({.wire_bytes = 150'000, .body_bytes = 150'000}, kStart + 10min));
  EXPECT_EQ(limit.body_bytes_max(), 100'000u);
  limit.refused({.wire_bytes = 100'000, .body_bytes = 100'000}, kStart + 10min);
  EXPECT_EQ(limit.body_bytes_max(), 50'000u) << "it was not raised";
  EXPECT_FALSE(limit.fits({.wire_bytes = 150'000, .body_bytes = 150'000}, kStart + 19min));
}

TEST(SizeLimit, notices_that_it_was_lowered) {
  SizeLimit limit;
  limit.refused({.wire_bytes = 100'000, .body_bytes = 100'000}, kStart);
  limit.taken({.wire_bytes = 90'000, .body_bytes = 90'000});
  limit.refused({.wire_bytes = 60'000, .body_bytes = 60'000}, kStart);
  EXPECT_EQ(limit.body_bytes_max(), 30'000u);
}

TEST(SizeLimit, learns_nothing_from_tiny_requests) {
  SizeLimit limit;
  limit.refused({.wire_bytes = 100, .body_bytes = 200}, kStart);
  EXPECT_TRUE(limit.fits({.wire_bytes = 3'500, .body_bytes = 3'500}, kStart));
  EXPECT_GE(limit.body_bytes_max(), 2'048u);
}

}  // namespace
}  // namespace cero::core
