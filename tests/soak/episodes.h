// The kinds of hardship that the soak goes through, again and again.
#ifndef CERO_TESTS_SOAK_EPISODES_H_
#define CERO_TESTS_SOAK_EPISODES_H_

#include <cstdint>
#include <span>
#include <string>

#include "cero/stats.h"

namespace cero::soak {

struct EpisodeResult {
  std::string what = {};  // in this run of it: the protocol, how many of what
  uint64_t ended = 0;
  Stats stats = {};         // of all its providers
  uint64_t faults_met = 0;  // by requests and connections
  std::string faults = {};  // "" when the ledger and the receiver agree
};

struct EpisodeKind {
  const char* name;
  EpisodeResult (*run)(uint64_t seed);
};

std::span<const EpisodeKind> episode_kinds();

}  // namespace cero::soak

#endif  // CERO_TESTS_SOAK_EPISODES_H_
