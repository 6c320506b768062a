// The kinds of hardship that the soak goes through, again and again.
#ifndef CERO_TESTS_SOAK_EPISODES_H_
#define CERO_TESTS_SOAK_EPISODES_H_

#include <cstdint>
#include <span>

#include "soak/episode.h"

namespace cero::soak {

struct EpisodeKind {
  const char* name;
  EpisodeResult (*run)(uint64_t seed);
};

std::span<const EpisodeKind> episode_kinds();

}  // namespace cero::soak

#endif  // CERO_TESTS_SOAK_EPISODES_H_
