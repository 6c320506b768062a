#include "base/ticks.h"

#include <ctime>
#include <fstream>
#include <string>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace cero::core {
namespace {

uint64_t clock_ns(clockid_t clock) noexcept {
  timespec time;
  clock_gettime(clock, &time);
  return static_cast<uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(time.tv_nsec);
}

bool cpu_says_tsc_is_invariant() noexcept {
#if defined(__x86_64__)
  unsigned eax, ebx, ecx, edx;
  constexpr unsigned kPowerManagementLeaf = 0x8000'0007;
  constexpr unsigned kInvariantTsc = 1u << 8;
  return __get_cpuid(kPowerManagementLeaf, &eax, &ebx, &ecx, &edx) != 0 &&
         (edx & kInvariantTsc) != 0;
#else
  return false;
#endif
}

bool kernel_keeps_time_by_tsc() noexcept {
  try {
    std::ifstream file("/sys/devices/system/clocksource/clocksource0/current_clocksource");
    std::string source;
    return file >> source && source == "tsc";
  } catch (...) {
    return false;
  }
}

}  // namespace

constinit std::atomic<bool> ticks_are_tsc{false};

void choose_tick_source() noexcept {
  static const bool chosen = [] {
    ticks_are_tsc.store(cpu_says_tsc_is_invariant() && kernel_keeps_time_by_tsc(),
                        std::memory_order_relaxed);
    return true;
  }();
  static_cast<void>(chosen);
}

uint64_t monotonic_ns() noexcept { return clock_ns(CLOCK_MONOTONIC); }
uint64_t unix_ns() noexcept { return clock_ns(CLOCK_REALTIME); }

}  // namespace cero::core
