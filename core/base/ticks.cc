#include "base/ticks.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <ctime>
#include <string_view>
#include <utility>

#include "base/setup_lock.h"

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

// Not by a stream: std::locale has a lock of its own for its setup.
bool kernel_keeps_time_by_tsc() noexcept {
  const int file = open("/sys/devices/system/clocksource/clocksource0/current_clocksource",
                        O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  std::array<char, 32> name;
  const ssize_t size = read(file, name.data(), name.size());
  close(file);
  return size > 0 && std::string_view(name.data(), static_cast<size_t>(size)) == "tsc\n";
}

}  // namespace

constinit std::atomic<bool> ticks_are_tsc{false};

void choose_tick_source() noexcept {
  const SetupLock lock;
  static constinit bool chosen = false;
  if (std::exchange(chosen, true)) return;
  ticks_are_tsc.store(cpu_says_tsc_is_invariant() && kernel_keeps_time_by_tsc(),
                      std::memory_order_relaxed);
}

uint64_t monotonic_ns() noexcept { return clock_ns(CLOCK_MONOTONIC); }
uint64_t unix_ns() noexcept { return clock_ns(CLOCK_REALTIME); }

}  // namespace cero::core
