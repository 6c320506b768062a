// What the kinds of episodes have in common: a load, a provider that remembers little, a verdict.
#ifndef CERO_TESTS_SOAK_EPISODE_H_
#define CERO_TESTS_SOAK_EPISODE_H_

#include <cstdint>
#include <random>
#include <string>

#include "cero/cero.h"
#include "pipeline/backend.h"

namespace cero::soak {

struct EpisodeResult {
  std::string what = {};  // in this run of it: the protocol, how many of what
  uint64_t ended = 0;
  Stats stats = {};         // of all its providers
  uint64_t faults_met = 0;  // by requests and connections
  std::string faults = {};  // "" when the ledger and the receiver agree
};

using Random = std::mt19937_64;

test::Route random_route(Random& random);

void end_spans(Tracer& tracer, uint64_t count);

Options options_for(const test::DirectBackend& backend);

// Stops the receiver: what it counted is final then.
EpisodeResult result_of(test::DirectBackend& backend, const Stats& stats, uint64_t ended,
                        std::string what);

}  // namespace cero::soak

#endif  // CERO_TESTS_SOAK_EPISODE_H_
