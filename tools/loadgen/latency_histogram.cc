#include "loadgen/latency_histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace cero::loadgen {
namespace {

// Values of n significant bits share a row of kRowBuckets buckets; the first two rows hold one
// value a bucket.
constexpr unsigned kRowBits = 7;
constexpr uint64_t kRowBuckets = uint64_t{1} << kRowBits;

size_t bucket_of(uint64_t value) {
  if (value < 2 * kRowBuckets) return value;
  const auto shift = static_cast<unsigned>(std::bit_width(value)) - kRowBits - 1;
  return shift * kRowBuckets + (value >> shift);
}

uint64_t smallest_in(size_t bucket) {
  if (bucket < 2 * kRowBuckets) return bucket;
  const uint64_t shift = bucket / kRowBuckets - 1;
  return (bucket - shift * kRowBuckets) << shift;
}

}  // namespace

void LatencyHistogram::add(uint64_t nanoseconds, uint64_t count) {
  if (count == 0) return;
  const size_t bucket = bucket_of(nanoseconds);
  if (bucket >= counts_.size()) counts_.resize(bucket + 1);
  counts_[bucket] += count;
  count_ += count;
  max_ = std::max(max_, nanoseconds);
}

void LatencyHistogram::merge(const LatencyHistogram& other) {
  if (other.counts_.size() > counts_.size()) counts_.resize(other.counts_.size());
  for (size_t i = 0; i < other.counts_.size(); ++i) counts_[i] += other.counts_[i];
  count_ += other.count_;
  max_ = std::max(max_, other.max_);
}

uint64_t LatencyHistogram::percentile(double percent) const {
  if (count_ == 0) return 0;
  const auto wanted = static_cast<uint64_t>(std::ceil(percent / 100 * static_cast<double>(count_)));
  uint64_t seen = 0;
  for (size_t i = 0; i < counts_.size(); ++i) {
    seen += counts_[i];
    if (seen >= wanted && seen > 0) return std::min(smallest_in(i), max_);
  }
  return max_;
}

std::vector<LatencyHistogram::Bucket> LatencyHistogram::buckets() const {
  std::vector<Bucket> result;
  for (size_t i = 0; i < counts_.size(); ++i) {
    if (counts_[i] != 0) result.emplace_back(smallest_in(i), counts_[i]);
  }
  if (result.empty()) return result;
  if (--result.back().second == 0) result.pop_back();
  result.emplace_back(max_, 1);
  return result;
}

}  // namespace cero::loadgen
