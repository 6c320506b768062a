#include "ring/ring_registry.h"

#include <sys/mman.h>

#include <bit>

#include "base/fork.h"

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

size_t block_bytes(size_t block) noexcept {
  constexpr size_t kEntryBytes = sizeof(void*);
  return kEntryBytes << block;
}

// Mapped: a thread's first span may end in a signal handler, where malloc may not be called.
SpanRing** map_block(size_t block) noexcept {
  void* memory =
      mmap(nullptr, block_bytes(block), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return memory == MAP_FAILED ? nullptr : static_cast<SpanRing**>(memory);
}

}  // namespace

RingRegistry::~RingRegistry() {
  for (size_t i = 0; i < kBlocksMax; ++i) {
    if (blocks_[i] != nullptr) munmap(blocks_[i], block_bytes(i));
  }
}

void RingRegistry::begin_child() noexcept {
  make_anew(mutex_);
  size_.store(0, std::memory_order_relaxed);  // what it publishes has gone
  blocks_ = {};
}

bool RingRegistry::add(SpanRing* ring) noexcept {
  const std::lock_guard lock(mutex_);
  const size_t index = size_.load(std::memory_order_relaxed);  // written under the lock only
  const Place place = place_of(index);
  if (place.block >= kBlocksMax) return false;
  SpanRing**& block = blocks_[place.block];
  if (block == nullptr) block = map_block(place.block);
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
