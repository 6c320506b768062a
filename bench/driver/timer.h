// Timer: the time of one span, by the time stamp counter where there is one.
//
// A reading waits for the instructions before it, so that a span's own are inside; what an empty
// pair of readings costs is subtracted.
#ifndef CERO_BENCH_DRIVER_TIMER_H_
#define CERO_BENCH_DRIVER_TIMER_H_

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <vector>

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

namespace cero::bench {

inline uint64_t read_timer() {
#if defined(__x86_64__)
  unsigned int processor = 0;
  const uint64_t ticks = __rdtscp(&processor);
  _mm_lfence();
  return ticks;
#else
  return static_cast<uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
#endif
}

class Timer {
 public:
  Timer() {
    using Clock = std::chrono::steady_clock;
    const auto wall_start = Clock::now();
    const uint64_t start = read_timer();
    while (Clock::now() - wall_start < std::chrono::milliseconds(50)) {
    }
    const std::chrono::duration<double> elapsed = Clock::now() - wall_start;
    ticks_per_second_ = static_cast<double>(read_timer() - start) / elapsed.count();

    std::vector<uint64_t> empty(10'001);
    for (uint64_t& ticks : empty) {
      const uint64_t begin = read_timer();
      ticks = read_timer() - begin;
    }
    std::nth_element(empty.begin(), empty.begin() + empty.size() / 2, empty.end());
    own_ticks_ = empty[empty.size() / 2];
  }

  uint64_t nanoseconds(uint64_t ticks) const {
    const uint64_t left = ticks > own_ticks_ ? ticks - own_ticks_ : 0;
    return static_cast<uint64_t>(std::llround(static_cast<double>(left) * 1e9 / ticks_per_second_));
  }
  double ticks_per_second() const { return ticks_per_second_; }
  double own_nanoseconds() const {
    return static_cast<double>(own_ticks_) * 1e9 / ticks_per_second_;
  }

 private:
  double ticks_per_second_;
  uint64_t own_ticks_;
};

}  // namespace cero::bench

#endif  // CERO_BENCH_DRIVER_TIMER_H_
