// A bug put in on purpose, to show that a fuzzer would find it: the CMake option CERO_PLANT_BUG
// names one. Without it nothing of this is left in the code.
#ifndef CERO_CORE_BASE_PLANTED_BUG_H_
#define CERO_CORE_BASE_PLANTED_BUG_H_

namespace cero::core {

enum class PlantedBug {
  none,
  length,         // a length of 128 is written in one byte
  dropped_count,  // a link over the limit is not counted
  flags_tag,      // a span's flags stand under another field's number
};

#ifdef CERO_PLANT_BUG
constexpr PlantedBug kPlantedBug = PlantedBug::CERO_PLANT_BUG;
#else
constexpr PlantedBug kPlantedBug = PlantedBug::none;
#endif

}  // namespace cero::core

#endif  // CERO_CORE_BASE_PLANTED_BUG_H_
