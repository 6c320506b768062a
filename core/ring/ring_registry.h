// RingRegistry: every ring of one provider, for the thread that drains them all.
//
// Append-only, and as immortal as its runtime (tests make others).
//
// E1  size_: release in add -> acquire in size(). Publishes the entry.
#ifndef CERO_CORE_RING_RING_REGISTRY_H_
#define CERO_CORE_RING_RING_REGISTRY_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <mutex>

#include "ring/span_ring.h"

namespace cero::core {

class RingRegistry {
 public:
  // One block per power of two of threads, so that entries never move: threads up to the
  // 2^kBlocksMax-th.
  static constexpr size_t kBlocksMax = 20;

  RingRegistry() = default;
  ~RingRegistry();
  RingRegistry(const RingRegistry&) = delete;
  RingRegistry& operator=(const RingRegistry&) = delete;

  // In a forked child, while it has one thread: no rings. The parent's are left where they are.
  void begin_child() noexcept;

  // Any thread; cold. False: no memory, or too many rings.
  bool add(SpanRing* ring) noexcept;

  size_t size() const noexcept { return size_.load(std::memory_order_acquire); }  // E1
  // Precondition: index < size().
  SpanRing& at(size_t index) const noexcept;

 private:
  std::mutex mutex_;  // one add at a time
  std::atomic<size_t> size_{0};
  std::array<SpanRing**, kBlocksMax> blocks_{};
};

}  // namespace cero::core

#endif  // CERO_CORE_RING_RING_REGISTRY_H_
