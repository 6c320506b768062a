// WakeWord: how the batch thread sleeps so that a producer can wake it, and hardly ever has to.
//
// The batch thread sleeps for a tick at a time, so a wake is an exception: a producer asks for one
// when much is waiting. It looks at state_ and pays for a system call only when it finds the thread
// asleep.
//
// F1  seq_cst fence between a producer's work becoming visible (ticket, ring) and its look at
//     state_.
// F2  seq_cst fence between state_ = asleep and the batch thread's last look for work.
//     With both, either the producer sees "asleep" and wakes it, or the batch thread sees the work:
//     no wake is lost.
//
// tests/queue/wake_word_relacy_test.cc has the protocol under a model checker: change both.
#ifndef CERO_CORE_QUEUE_WAKE_WORD_H_
#define CERO_CORE_QUEUE_WAKE_WORD_H_

#include <atomic>
#include <chrono>
#include <cstdint>

namespace cero::core {

class WakeWord {
 public:
  // Producers: work is visible; wake the batch thread if it sleeps for want of it.
  void wake_for_work() noexcept;
  // The export thread: there is a body; wake the batch thread if it waits for one.
  void wake_for_body() noexcept;
  // Control calls: wake it from any wait.
  void wake() noexcept;

  // In a forked child, before it has a batch thread.
  void begin_child() noexcept { stay_awake(); }

  // Batch thread. Marks itself asleep (or blocked: waiting for a free body, which work does not
  // end); then look for work (a body) once more, and either stay_awake() or sleep().
  void prepare_to_sleep() noexcept { prepare(kAsleep); }
  void prepare_to_block() noexcept { prepare(kBlocked); }
  void stay_awake() noexcept {
    state_.store(kAwake, std::memory_order_relaxed);
  }  // own mark; nothing hangs on it
  void sleep(std::chrono::nanoseconds time_max) noexcept;

 private:
  static constexpr uint32_t kAwake = 0;
  static constexpr uint32_t kAsleep = 1;
  static constexpr uint32_t kBlocked = 2;

  void prepare(uint32_t state) noexcept;
  void wake_if(uint32_t state) noexcept;
  void wake_from(uint32_t state) noexcept;

  alignas(64) std::atomic<uint32_t> state_{kAwake};
};

}  // namespace cero::core

#endif  // CERO_CORE_QUEUE_WAKE_WORD_H_
