// What a thread that records asks of the allocator, of locks and of the kernel, in steady state: a
// provider that delivers, rings below half.
#ifndef CERO_TESTS_SUPPORT_PRODUCER_COSTS_H_
#define CERO_TESTS_SUPPORT_PRODUCER_COSTS_H_

#include <cstdint>

#include "cero/stats.h"

namespace cero::test {

struct ProducerCosts {
  bool syscalls_counted = false;  // false: the kernel lets nobody count them here
  uint64_t spans = 0;
  uint64_t allocations = 0;
  uint64_t syscalls = 0;
  uint64_t locks = 0;
  uint64_t in_flight_max = 0;  // as seen now and then
  Stats stats;                 // after the flush
};

// A million spans at 250k/s, to a receiver in this process. Throws std::runtime_error.
ProducerCosts measure_producer_costs();

}  // namespace cero::test

#endif  // CERO_TESTS_SUPPORT_PRODUCER_COSTS_H_
