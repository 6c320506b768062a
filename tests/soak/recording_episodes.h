// Episodes with a host that treats threads, scopes and spans in every way.
#ifndef CERO_TESTS_SOAK_RECORDING_EPISODES_H_
#define CERO_TESTS_SOAK_RECORDING_EPISODES_H_

#include <cstdint>

#include "soak/episode.h"

namespace cero::soak {

// Two thousand threads that come and go, and hand each other spans that are current where they
// began; bursts into a bounded queue; large spans among small ones. Spans are lost at full rings
// and that queue alone, and nothing is current on a thread that has just come.
EpisodeResult run_crowd(uint64_t seed);

}  // namespace cero::soak

#endif  // CERO_TESTS_SOAK_RECORDING_EPISODES_H_
