// Forks of a process whose threads record meanwhile.
#ifndef CERO_TESTS_SOAK_FORK_EPISODE_H_
#define CERO_TESTS_SOAK_FORK_EPISODE_H_

#include <cstdint>

#include "soak/episode.h"

namespace cero::soak {

// Some children record, others end at once, in good order or without, or start a program.
EpisodeResult run_forks(uint64_t seed);

}  // namespace cero::soak

#endif  // CERO_TESTS_SOAK_FORK_EPISODE_H_
