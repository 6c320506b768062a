// Chaos: a life of one provider under load, with a backend that misbehaves at random. All that is
// random comes from a seed.
#ifndef CERO_TESTS_FAULT_CHAOS_H_
#define CERO_TESTS_FAULT_CHAOS_H_

#include <cstdint>
#include <string>

#include "cero/stats.h"
#include "pipeline/backend.h"
#include "receiver/counts.h"

namespace cero::test {

struct ChaosPlan {
  uint64_t seed = 0;
  Route route = Route::http1_plain;
  std::string script = {};
  uint32_t threads = 4;
  uint64_t spans_per_thread = 2'000;
  uint32_t batch_spans_max = 50;
  uint32_t requests_in_flight_max = 4;
};

// Everything but the spans' number is drawn from the seed.
ChaosPlan make_chaos(uint64_t seed, Route route, uint64_t spans_per_thread);

struct ChaosOutcome {
  Stats stats = {};
  receiver::Counts counts = {};
  uint64_t ended = 0;  // spans
  // "" when the ledger and the receiver agree, else how they do not.
  std::string faults = {};
};

// Threads that come and go end spans, others flush; then the provider is shut down.
ChaosOutcome live_through(const ChaosPlan& plan);

}  // namespace cero::test

#endif  // CERO_TESTS_FAULT_CHAOS_H_
