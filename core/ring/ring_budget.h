// RingBudget: the memory that all rings of a provider may touch. Rings charge it in steps as their
// backlog grows, and give back what they no longer need when it runs short. What they leave idle
// the retry queue may borrow, but for a quarter of all, with which new threads and bursts begin.
//
// Threads: any; lends to one.
#ifndef CERO_CORE_RING_RING_BUDGET_H_
#define CERO_CORE_RING_RING_BUDGET_H_

#include <atomic>
#include <cstdint>

#include "base/lender.h"

namespace cero::core {

class RingBudget final : public Lender {
 public:
  void set_max(uint64_t bytes) noexcept { bytes_max_.store(bytes, std::memory_order_relaxed); }

  // Relaxed throughout: sums, they publish nothing.
  bool try_charge(uint64_t bytes) noexcept {
    return try_use(bytes, bytes_max_.load(std::memory_order_relaxed));
  }
  void give_back(uint64_t bytes) noexcept {
    bytes_used_.fetch_sub(bytes, std::memory_order_relaxed);
  }
  // The rings use more than half of what is not lent.
  bool runs_short() const noexcept {
    const uint64_t lent = bytes_lent_.load(std::memory_order_relaxed);
    return bytes_used() > lent + (bytes_max_.load(std::memory_order_relaxed) - lent) / 2;
  }

  bool lends() const noexcept { return bytes_lent_.load(std::memory_order_relaxed) > 0; }
  bool try_lend(uint64_t bytes) noexcept override {
    const uint64_t max = bytes_max_.load(std::memory_order_relaxed);
    if (!try_use(bytes, max - max / 4)) return false;
    bytes_lent_.fetch_add(bytes, std::memory_order_relaxed);
    return true;
  }
  void take_back(uint64_t bytes) noexcept override {
    bytes_lent_.fetch_sub(bytes, std::memory_order_relaxed);
    give_back(bytes);
  }

  // In a forked child, which has none of its parent's rings or batches.
  void begin_child() noexcept {
    bytes_used_.store(0, std::memory_order_relaxed);
    bytes_lent_.store(0, std::memory_order_relaxed);
  }
  // By rings, and lent.
  uint64_t bytes_used() const noexcept { return bytes_used_.load(std::memory_order_relaxed); }

 private:
  bool try_use(uint64_t bytes, uint64_t max) noexcept {
    const uint64_t before = bytes_used_.fetch_add(bytes, std::memory_order_relaxed);
    if (before + bytes <= max) return true;
    bytes_used_.fetch_sub(bytes, std::memory_order_relaxed);
    return false;
  }

  std::atomic<uint64_t> bytes_used_{0};
  std::atomic<uint64_t> bytes_lent_{0};
  std::atomic<uint64_t> bytes_max_{UINT64_MAX};
};

}  // namespace cero::core

#endif  // CERO_CORE_RING_RING_BUDGET_H_
