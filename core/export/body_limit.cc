#include "export/body_limit.h"

#include <algorithm>

namespace cero::core {
namespace {

// Of the window: what is left is for bodies that compress a little worse than the last ones.
constexpr double kUsedShare = 0.875;
// Of the way to a better compression, with each body.
constexpr double kApproach = 0.125;

}  // namespace

void BodyLimit::packed(size_t bytes, size_t wire_bytes) noexcept {
  has_bitten_ |= bytes > bytes_max() / 2;
  const double share = static_cast<double>(wire_bytes) / static_cast<double>(bytes);
  wire_share_ = std::max(share, wire_share_ - (wire_share_ - share) * kApproach);
}

uint32_t BodyLimit::bytes_max() const noexcept {
  if (!active()) return UINT32_MAX;
  return static_cast<uint32_t>(
      std::min(*window_bytes_ * kUsedShare / wire_share_, double{UINT32_MAX}));
}

}  // namespace cero::core
