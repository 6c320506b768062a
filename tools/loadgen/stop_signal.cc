#include "loadgen/stop_signal.h"

#include <signal.h>
#include <time.h>

#include <algorithm>

namespace cero::loadgen {
namespace {

sigset_t stop_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  return set;
}

}  // namespace

StopSignal::StopSignal() {
  const sigset_t set = stop_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

bool StopSignal::wait_for(std::chrono::nanoseconds time) {
  if (came_) return true;
  const sigset_t set = stop_signals();
  const auto left = std::max(time, std::chrono::nanoseconds(0)).count();
  const timespec timeout{.tv_sec = left / 1'000'000'000, .tv_nsec = left % 1'000'000'000};
  if (sigtimedwait(&set, nullptr, &timeout) < 0) return false;
  came_ = true;
  return true;
}

}  // namespace cero::loadgen
