#include "driver/span_content.h"

#include <random>

namespace cero::bench {

std::array<ParentIds, kParents> make_parent_ids() {
  std::mt19937_64 random(1);
  std::array<ParentIds, kParents> parents;
  for (ParentIds& parent : parents) {
    for (uint8_t& byte : parent.trace_id) byte = static_cast<uint8_t>(random() | 1);
    for (uint8_t& byte : parent.span_id) byte = static_cast<uint8_t>(random() | 1);
  }
  return parents;
}

}  // namespace cero::bench
