// Counters that any thread may read. SingleWriterCounter is changed by one thread only, so that no
// read-modify-write instruction is needed; SharedCounter by any.
//
// Loads and stores are relaxed: each counter stands for itself while spans move, and at a quiescent
// point (after a flush, after a stop) a mutex has ordered them before the reader.
#ifndef CERO_CORE_BASE_COUNTER_H_
#define CERO_CORE_BASE_COUNTER_H_

#include <atomic>
#include <cstdint>

namespace cero::core {

class SingleWriterCounter {
 public:
  uint64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }
  void set(uint64_t value) noexcept { value_.store(value, std::memory_order_relaxed); }
  void add(uint64_t amount) noexcept { set(value() + amount); }
  void subtract(uint64_t amount) noexcept { set(value() - amount); }

 private:
  std::atomic<uint64_t> value_{0};
};

class SharedCounter {
 public:
  uint64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }
  void set(uint64_t value) noexcept { value_.store(value, std::memory_order_relaxed); }
  void add(uint64_t amount) noexcept { value_.fetch_add(amount, std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> value_{0};
};

}  // namespace cero::core

#endif  // CERO_CORE_BASE_COUNTER_H_
