// RingBudget: the memory that all rings of a provider may touch. Rings charge it in steps as their
// backlog grows, and give back what they no longer need when it runs short.
#ifndef CERO_CORE_RING_RING_BUDGET_H_
#define CERO_CORE_RING_RING_BUDGET_H_

#include <atomic>
#include <cstdint>

namespace cero::core {

class RingBudget {
 public:
  void set_max(uint64_t bytes) noexcept { bytes_max_.store(bytes, std::memory_order_relaxed); }

  // Relaxed throughout: a sum, it publishes nothing.
  bool try_charge(uint64_t bytes) noexcept {
    const uint64_t before = bytes_used_.fetch_add(bytes, std::memory_order_relaxed);
    if (before + bytes <= bytes_max_.load(std::memory_order_relaxed)) return true;
    bytes_used_.fetch_sub(bytes, std::memory_order_relaxed);
    return false;
  }
  void give_back(uint64_t bytes) noexcept {
    bytes_used_.fetch_sub(bytes, std::memory_order_relaxed);
  }
  bool runs_short() const noexcept {
    return bytes_used() > bytes_max_.load(std::memory_order_relaxed) / 2;
  }
  // In a forked child, which has none of its parent's rings.
  void begin_child() noexcept { bytes_used_.store(0, std::memory_order_relaxed); }
  uint64_t bytes_used() const noexcept { return bytes_used_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> bytes_used_{0};
  std::atomic<uint64_t> bytes_max_{UINT64_MAX};
};

}  // namespace cero::core

#endif  // CERO_CORE_RING_RING_BUDGET_H_
