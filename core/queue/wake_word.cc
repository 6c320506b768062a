#include "queue/wake_word.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

namespace cero::core {
namespace {

static_assert(sizeof(std::atomic<uint32_t>) == sizeof(uint32_t));

void futex_wait(std::atomic<uint32_t>& word, uint32_t expected,
                std::chrono::nanoseconds time_max) noexcept {
  constexpr int64_t kNanosecondsPerSecond = 1'000'000'000;
  const timespec timeout{static_cast<time_t>(time_max.count() / kNanosecondsPerSecond),
                         static_cast<long>(time_max.count() % kNanosecondsPerSecond)};
  syscall(SYS_futex, reinterpret_cast<uint32_t*>(&word), FUTEX_WAIT_PRIVATE, expected, &timeout,
          nullptr, 0);
}

void futex_wake_one(std::atomic<uint32_t>& word) noexcept {
  syscall(SYS_futex, reinterpret_cast<uint32_t*>(&word), FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr,
          0);
}

}  // namespace

void WakeWord::wake_from(uint32_t state) noexcept {
  uint32_t expected = state;
  // Relaxed: the wake publishes nothing; the work was published by its own edges before F1.
  if (state_.compare_exchange_strong(expected, kAwake, std::memory_order_relaxed))
    futex_wake_one(state_);
}

void WakeWord::wake_if(uint32_t state) noexcept {
  std::atomic_thread_fence(std::memory_order_seq_cst);  // F1
  if (state_.load(std::memory_order_relaxed) == state) wake_from(state);
}

void WakeWord::wake_for_work() noexcept { wake_if(kAsleep); }

void WakeWord::wake_for_body() noexcept { wake_if(kBlocked); }

void WakeWord::wake() noexcept {
  std::atomic_thread_fence(std::memory_order_seq_cst);  // F1
  const uint32_t state = state_.load(std::memory_order_relaxed);
  if (state != kAwake) wake_from(state);
}

void WakeWord::prepare(uint32_t state) noexcept {
  state_.store(state, std::memory_order_relaxed);
  std::atomic_thread_fence(std::memory_order_seq_cst);  // F2
}

void WakeWord::sleep(std::chrono::nanoseconds time_max) noexcept {
  const uint32_t state = state_.load(std::memory_order_relaxed);
  if (state != kAwake) futex_wait(state_, state, time_max);
  state_.store(kAwake, std::memory_order_relaxed);
}

}  // namespace cero::core
