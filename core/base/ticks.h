// Ticks: what spans take their times in. The time stamp counter where that is sound (CPUID calls it
// invariant *and* the kernel itself keeps time by it), else the kernel's monotonic clock: 9 ns
// against 20 for each.
#ifndef CERO_CORE_BASE_TICKS_H_
#define CERO_CORE_BASE_TICKS_H_

#include <atomic>
#include <cstdint>

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

namespace cero::core {

// Set once, before the first provider exists, and never changed.
extern std::atomic<bool> ticks_are_tsc;
void choose_tick_source() noexcept;

uint64_t monotonic_ns() noexcept;
uint64_t unix_ns() noexcept;

inline uint64_t read_ticks() noexcept {
#if defined(__x86_64__)
  if (ticks_are_tsc.load(std::memory_order_relaxed)) [[likely]]
    return __rdtsc();  // written before threads could record
#endif
  return monotonic_ns();
}

}  // namespace cero::core

#endif  // CERO_CORE_BASE_TICKS_H_
