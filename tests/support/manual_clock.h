// ManualClock: time that moves when a test says so.
#ifndef CERO_TESTS_SUPPORT_MANUAL_CLOCK_H_
#define CERO_TESTS_SUPPORT_MANUAL_CLOCK_H_

#include "base/clock.h"

namespace cero::test {

class ManualClock final : public core::Clock {
 public:
  core::TimePoint now() const override { return now_; }
  std::chrono::system_clock::time_point wall_now() const override { return wall_now_; }

  void advance(std::chrono::nanoseconds by) {
    now_ += by;
    wall_now_ += std::chrono::duration_cast<std::chrono::system_clock::duration>(by);
  }
  void set_wall(std::chrono::system_clock::time_point wall_now) { wall_now_ = wall_now; }

 private:
  core::TimePoint now_{std::chrono::hours(1)};
  std::chrono::system_clock::time_point wall_now_{std::chrono::days(20'000)};
};

}  // namespace cero::test

#endif  // CERO_TESTS_SUPPORT_MANUAL_CLOCK_H_
