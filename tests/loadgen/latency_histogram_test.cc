// LatencyHistogram. Goal: percentiles are right to within a bucket, for few samples and many.
// Method: against a sorted list of the same values.
#include "loadgen/latency_histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace cero::loadgen {
namespace {

TEST(LatencyHistogram, has_no_percentiles_without_samples) {
  const LatencyHistogram histogram;
  EXPECT_EQ(histogram.count(), 0u);
  EXPECT_EQ(histogram.percentile(50), 0u);
  EXPECT_EQ(histogram.max(), 0u);
}

TEST(LatencyHistogram, is_exact_below_256) {
  LatencyHistogram histogram;
  for (uint64_t value = 1; value <= 200; ++value) histogram.add(value);
  EXPECT_EQ(histogram.percentile(50), 100u);
  EXPECT_EQ(histogram.percentile(99), 198u);
  EXPECT_EQ(histogram.percentile(99.9), 200u);
  EXPECT_EQ(histogram.percentile(100), 200u);
}

TEST(LatencyHistogram, is_within_a_bucket_of_the_sorted_list) {
  std::mt19937_64 random(20240611);
  std::lognormal_distribution<double> nanoseconds(6, 2);
  LatencyHistogram histogram;
  std::vector<uint64_t> sorted;
  for (int i = 0; i < 50'000; ++i) {
    sorted.push_back(static_cast<uint64_t>(nanoseconds(random)));
    histogram.add(sorted.back());
  }
  std::sort(sorted.begin(), sorted.end());
  for (const double percent : {1.0, 10.0, 50.0, 90.0, 99.0, 99.9, 100.0}) {
    const auto rank =
        static_cast<size_t>(std::ceil(percent / 100 * static_cast<double>(sorted.size())));
    const auto exact = static_cast<double>(sorted[rank - 1]);
    EXPECT_LE(static_cast<double>(histogram.percentile(percent)), exact) << percent;
    EXPECT_GE(static_cast<double>(histogram.percentile(percent)) * (1 + 1.0 / 128) + 1, exact)
        << percent;
  }
  EXPECT_EQ(histogram.max(), sorted.back());
}

TEST(LatencyHistogram, keeps_the_largest_value_there_is) {
  LatencyHistogram histogram;
  histogram.add(UINT64_MAX);
  EXPECT_EQ(histogram.max(), UINT64_MAX);
  EXPECT_GE(histogram.percentile(50), UINT64_MAX - UINT64_MAX / 128);
}

TEST(LatencyHistogram, merges_and_travels_as_buckets) {
  LatencyHistogram one;
  LatencyHistogram other;
  for (uint64_t i = 0; i < 1'000; ++i) one.add(i * 7);
  for (uint64_t i = 0; i < 1'000; ++i) other.add(1'000'003 + i);
  one.merge(other);
  LatencyHistogram carried;
  for (const auto& [value, count] : one.buckets()) carried.add(value, count);
  EXPECT_EQ(carried.count(), 2'000u);
  EXPECT_EQ(carried.max(), one.max());
  for (const double percent : {10.0, 50.0, 90.0, 99.9})
    EXPECT_EQ(carried.percentile(percent), one.percentile(percent));
}

}  // namespace
}  // namespace cero::loadgen
