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

enum class Load {
  // As fast as the batch thread drains: the producer goes on when its ring is empty, each 100 KiB.
  // The same on every machine, however busy.
  drained,
  // 250k spans/s: now and then the machine runs the batch thread late, and the producer wakes it.
  paced,
};

// A million spans, to a receiver in this process. Throws std::runtime_error.
ProducerCosts measure_producer_costs(Load load);

}  // namespace cero::test

#endif  // CERO_TESTS_SUPPORT_PRODUCER_COSTS_H_
