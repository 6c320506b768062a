// Clock: the steady time that background threads wait by; tests put a ManualClock in its place.
// (Span timestamps come from ticks.h.)
#ifndef CERO_CORE_BASE_CLOCK_H_
#define CERO_CORE_BASE_CLOCK_H_

#include <algorithm>
#include <chrono>

namespace cero::core {

using TimePoint = std::chrono::steady_clock::time_point;

// `time` after `now`; of what a clock cannot hold, a century: users may give any duration.
inline TimePoint time_after(TimePoint now, std::chrono::milliseconds time) {
  constexpr std::chrono::milliseconds kCentury = std::chrono::hours(24) * 36'525;
  return now + std::clamp(time, std::chrono::milliseconds{0}, kCentury);
}

class Clock {
 public:
  virtual ~Clock() = default;
  virtual TimePoint now() const = 0;
  // Wall time, for Retry-After in its date form.
  virtual std::chrono::system_clock::time_point wall_now() const = 0;
};

class SystemClock final : public Clock {
 public:
  TimePoint now() const override { return std::chrono::steady_clock::now(); }
  std::chrono::system_clock::time_point wall_now() const override {
    return std::chrono::system_clock::now();
  }
};

}  // namespace cero::core

#endif  // CERO_CORE_BASE_CLOCK_H_
