// SleepPolicy: how long the batch thread sleeps between two passes.
//
// Nothing is due before batch.delay_max, so an idle thread could sleep as long; but a ring in which
// urgent_bytes() wait wakes it, which costs its producer a system call. So the thread sleeps for as
// long as no ring is, at the rate just seen, more than half way to that.
//
//   a pass drained            the next sleep is
//   > half of urgent_bytes()  half as long, and under kBusyMax at once: a sleep that a wake has
//                             ended tells nothing about the rate
//   < an eighth of it         twice as long
//
// The bytes are those of all rings together, which is no less than those of the fullest. A bounded
// queue wakes the thread by the count of spans, which stands here for bytes.
//
// Threads: one.
#ifndef CERO_CORE_BATCH_SLEEP_POLICY_H_
#define CERO_CORE_BATCH_SLEEP_POLICY_H_

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "ring/span_ring.h"

namespace cero::core {

class SleepPolicy {
 public:
  static constexpr std::chrono::nanoseconds kMin = std::chrono::microseconds(200);
  static constexpr std::chrono::nanoseconds kBusyMax = std::chrono::milliseconds(10);
  // Spans that fill a batch and lie in several rings, too few in each to wake anybody, are found so
  // often.
  static constexpr std::chrono::nanoseconds kIdleMax = std::chrono::seconds(1);

  // `urgent`: the bytes with which producers wake the thread.
  explicit SleepPolicy(uint64_t urgent) : target_bytes_(urgent / 2) {}

  void pass_drained(uint64_t bytes) noexcept {
    if (bytes > target_bytes_) {
      time_ = std::max(std::min(time_, kBusyMax) / 2, kMin);
    } else if (bytes < target_bytes_ / 4) {
      time_ = std::min(time_ * 2, kIdleMax);
    }
  }
  std::chrono::nanoseconds time() const noexcept { return time_; }

 private:
  const uint64_t target_bytes_;
  std::chrono::nanoseconds time_ = kBusyMax;
};

}  // namespace cero::core

#endif  // CERO_CORE_BATCH_SLEEP_POLICY_H_
