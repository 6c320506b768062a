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

// A million spans, as fast as the batch thread drains: the producer goes on when its ring is empty,
// each 100 KiB. The same on every machine, however busy.
// To a receiver in this process. Throws std::runtime_error.
ProducerCosts measure_producer_costs();

// So many a second for `seconds`. Now and then a busy machine runs the batch thread late, and the
// producer wakes it.
ProducerCosts measure_producer_costs_at(uint64_t spans_per_second, uint64_t seconds);

}  // namespace cero::test

#endif  // CERO_TESTS_SUPPORT_PRODUCER_COSTS_H_
