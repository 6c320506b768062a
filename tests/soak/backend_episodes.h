// Episodes with a backend that answers, and answers badly.
#ifndef CERO_TESTS_SOAK_BACKEND_EPISODES_H_
#define CERO_TESTS_SOAK_BACKEND_EPISODES_H_

#include <cstdint>

#include "soak/episode.h"

namespace cero::soak {

// A backend that refuses some batches for ever, changes its mind about how large a request may be,
// and leaves a request in 40 without an answer: every other span arrives.
EpisodeResult run_poison(uint64_t seed);

// Three phases in which nothing is to be done: idle connections that the backend has closed, a
// backend that asks for a wait, one that does not answer. cero's threads take less than a hundredth
// of a processor.
EpisodeResult run_idle(uint64_t seed);

}  // namespace cero::soak

#endif  // CERO_TESTS_SOAK_BACKEND_EPISODES_H_
