// Goal: what is sent of a body stays within the window, and bodies are as large as that allows.
// Method: bodies that compress by a given share.
#include "export/body_limit.h"

#include <gtest/gtest.h>

namespace cero::core {
namespace {

constexpr uint32_t kWindow = 65'535;

// A body as large as may be, of which this share is sent; whether that fits.
bool next_body_fits(BodyLimit& limit, double share) {
  const double bytes = limit.bytes_max();
  limit.packed(limit.bytes_max(), static_cast<size_t>(bytes * share));
  return bytes * share < kWindow;
}

TEST(BodyLimit, is_none_without_a_window) {
  BodyLimit limit(std::nullopt);
  limit.packed(1000, 1000);
  EXPECT_FALSE(limit.active());
  EXPECT_EQ(limit.bytes_max(), UINT32_MAX);
}

TEST(BodyLimit, takes_the_first_body_not_to_compress) {
  const BodyLimit limit(kWindow);
  EXPECT_TRUE(limit.active());
  EXPECT_LT(limit.bytes_max(), kWindow);
  EXPECT_GT(limit.bytes_max(), kWindow / 2);
}

TEST(BodyLimit, grows_with_compression_and_never_over_the_window) {
  BodyLimit limit(kWindow);
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(next_body_fits(limit, 0.2)) << i;
  EXPECT_GT(limit.bytes_max(), 4 * kWindow);
  EXPECT_LT(limit.bytes_max(), 5 * kWindow);
}

TEST(BodyLimit, shrinks_at_once_when_compression_is_worse) {
  BodyLimit limit(kWindow);
  for (int i = 0; i < 100; ++i) next_body_fits(limit, 0.2);
  EXPECT_TRUE(next_body_fits(limit, 0.22)) << "what the margin is for";
  EXPECT_FALSE(next_body_fits(limit, 0.5));
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(next_body_fits(limit, 0.5));
}

TEST(BodyLimit, stays_for_bodies_that_grow_by_their_prefix) {
  BodyLimit limit(kWindow);
  for (int i = 0; i < 10; ++i) limit.packed(1000, 1005);
  EXPECT_LT(limit.bytes_max(), kWindow);
}

TEST(BodyLimit, is_for_http2_alone) {
  BodyLimit limit(kWindow);
  limit.answered(1);
  EXPECT_FALSE(limit.active());
  EXPECT_EQ(limit.bytes_max(), UINT32_MAX);
  limit.answered(2);
  EXPECT_LT(limit.bytes_max(), kWindow);
}

TEST(BodyLimit, tells_whether_it_mattered) {
  BodyLimit limit(kWindow);
  limit.packed(1000, 1000);
  EXPECT_FALSE(limit.has_bitten());
  limit.packed(limit.bytes_max() - 100, 1000);
  EXPECT_TRUE(limit.has_bitten());
  limit.answered(1);
  EXPECT_FALSE(limit.has_bitten());
}

TEST(BodyLimit, has_no_end_where_bodies_compress_to_nothing) {
  BodyLimit limit(0x7fff'ffff);
  for (int i = 0; i < 1000; ++i) limit.packed(1'000'000, 1);
  EXPECT_EQ(limit.bytes_max(), UINT32_MAX);
}

}  // namespace
}  // namespace cero::core
