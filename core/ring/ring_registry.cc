#include "ring/ring_registry.h"

#include <bit>
#include <new>

namespace cero::core {
namespace {

struct Place {
  size_t block;
  size_t slot;
};

// Block b holds entries [2^b - 1, 2^(b+1) - 1).
Place place_of(size_t index) noexcept {
  const auto block = static_cast<size_t>(std::bit_width(index + 1)) - 1;
  return {block, index + 1 - (size_t{1} << block)};
}

}  // namespace

RingRegistry::~RingRegistry() {
  for (SpanRing** block : blocks_) delete[] block;
}

bool RingRegistry::add(SpanRing* ring) noexcept {
  const std::lock_guard lock(mutex_);
  const size_t index = size_.load(std::memory_order_relaxed);  // written under the lock only
  const Place place = place_of(index);
  if (place.block >= kBlocksMax) return false;
  SpanRing**& block = blocks_[place.block];
  if (block == nullptr) block = new (std::nothrow) SpanRing*[size_t{1} << place.block];
  if (block == nullptr) return false;
  block[place.slot] = ring;
  size_.store(index + 1, std::memory_order_release);  // E1
  return true;
}

SpanRing& RingRegistry::at(size_t index) const noexcept {
  const Place place = place_of(index);
  return *blocks_[place.block][place.slot];
}

}  // namespace cero::core
