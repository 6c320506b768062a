// LatencyHistogram: nanoseconds in buckets, for percentiles of any number of samples in fixed
// memory.
//
// Exact below 256 ns; above, a bucket is at most 1/128 of its value wide. The largest sample is
// kept exactly. Threads: one at a time; each thread fills its own and they are merged.
#ifndef CERO_TOOLS_LOADGEN_LATENCY_HISTOGRAM_H_
#define CERO_TOOLS_LOADGEN_LATENCY_HISTOGRAM_H_

#include <cstdint>
#include <utility>
#include <vector>

namespace cero::loadgen {

class LatencyHistogram {
 public:
  using Bucket = std::pair<uint64_t, uint64_t>;  // its smallest value, its count

  void add(uint64_t nanoseconds) { add(nanoseconds, 1); }
  void add(uint64_t nanoseconds, uint64_t count);
  void merge(const LatencyHistogram& other);

  uint64_t count() const { return count_; }
  uint64_t max() const { return max_; }
  // The smallest value that at least this share of the samples does not exceed; 0 without samples.
  uint64_t percentile(double percent) const;

  // To carry a histogram to another process: add() each bucket there. The maximum is a bucket of
  // its own.
  std::vector<Bucket> buckets() const;

 private:
  std::vector<uint64_t> counts_;
  uint64_t count_ = 0;
  uint64_t max_ = 0;
};

}  // namespace cero::loadgen

#endif  // CERO_TOOLS_LOADGEN_LATENCY_HISTOGRAM_H_
