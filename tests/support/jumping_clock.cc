#include "support/jumping_clock.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <ctime>

namespace cero::test {
namespace {

constinit std::atomic<int64_t> steady_ahead_s{0};
constinit std::atomic<int64_t> wall_ahead_s{0};

int64_t seconds_ahead(clockid_t clock) {
  switch (clock) {
    case CLOCK_MONOTONIC:
    case CLOCK_MONOTONIC_RAW:
    case CLOCK_MONOTONIC_COARSE:
      return steady_ahead_s.load();
    case CLOCK_REALTIME:
    case CLOCK_REALTIME_COARSE:
      return wall_ahead_s.load();
    default:
      return 0;
  }
}

}  // namespace

void jump_steady_clock(std::chrono::seconds by) { steady_ahead_s += by.count(); }
void step_wall_clock(std::chrono::seconds by) { wall_ahead_s += by.count(); }

}  // namespace cero::test

extern "C" int clock_gettime(clockid_t clock, timespec* time) noexcept {
  const long failed = syscall(SYS_clock_gettime, clock, time);
  if (failed == 0) time->tv_sec += cero::test::seconds_ahead(clock);
  return static_cast<int>(failed);
}
