// Goal: no wake is lost. Whoever makes work visible and calls wake(), wake_for_work() or
// wake_for_body() does not leave the batch thread asleep beside it. Method: queue/wake_word.cc and
// the sleep of batch/ batch_thread.cc restated under Relacy's atomics, with a futex wait that has
// no time limit, so that a lost wake is a deadlock; then the same without one of the fences, and
// with one of the conditions left out.
#include "support/relacy.h"

namespace cero::test {
namespace {

struct Steps {
  bool waker_fence = true;    // F1
  bool sleeper_fence = true;  // F2
  bool sleeper_looks_for_stop = true;
};

template <Steps steps>
class WakeWord {
 public:
  static constexpr int kAwake = 0;
  static constexpr int kAsleep = 1;
  static constexpr int kBlocked = 2;

  void wake_if(int state) {
    if (steps.waker_fence) rl::atomic_thread_fence(rl::mo_seq_cst, $);
    if (state_.load(rl::mo_relaxed, $) == state) wake_from(state);
  }
  void wake_for_work() { wake_if(kAsleep); }
  void wake_for_body() { wake_if(kBlocked); }
  void wake() {
    if (steps.waker_fence) rl::atomic_thread_fence(rl::mo_seq_cst, $);
    const int state = state_.load(rl::mo_relaxed, $);
    if (state != kAwake) wake_from(state);
  }

  void prepare(int state) {
    state_.store(state, rl::mo_relaxed, $);
    if (steps.sleeper_fence) rl::atomic_thread_fence(rl::mo_seq_cst, $);
  }
  void stay_awake() { state_.store(kAwake, rl::mo_relaxed, $); }
  void sleep() {
    const int state = state_.load(rl::mo_relaxed, $);
    if (state != kAwake) futex_wait(state_, state);
    state_.store(kAwake, rl::mo_relaxed, $);
  }

 private:
  void wake_from(int state) {
    int expected = state;
    if (state_.compare_exchange_strong(expected, kAwake, rl::mo_relaxed, $)) {
      futex_wake_one(state_);
    }
  }

  rl::atomic<int> state_{kAwake};
};

// Producers announce; the batch thread takes what it sees, and sleeps only when it sees nothing.
template <Steps steps>
struct WorkSuite : rl::test_suite<WorkSuite<steps>, 3> {
  static constexpr int kProducers = 2;

  WakeWord<steps> word;
  rl::atomic<int> tickets{0};

  void thread(unsigned index) {
    if (index < kProducers) {
      tickets.fetch_add(1, rl::mo_release, $);
      return word.wake_for_work();
    }
    while (tickets.load(rl::mo_acquire, $) < kProducers) {
      const int taken = tickets.load(rl::mo_acquire, $);
      word.prepare(word.kAsleep);
      if (tickets.load(rl::mo_relaxed, $) != taken) {
        word.stay_awake();
      } else if (taken < kProducers) {
        word.sleep();
      }
    }
  }
};

// One thread asks for a flush and waits for it, then for an end; the batch thread serves requests,
// and forgets the hint when it has looked.
template <Steps steps>
struct ControlSuite : rl::test_suite<ControlSuite<steps>, 2> {
  WakeWord<steps> word;
  rl::mutex mutex;
  rl::condition_variable_any flushed;
  int requested = 0;  // under the mutex
  int done = 0;
  rl::atomic<bool> control_waits{false};
  rl::atomic<bool> stopping{false};

  void flush() {
    mutex.lock($);
    const int request = ++requested;
    control_waits.store(true, rl::mo_relaxed, $);
    word.wake();
    while (done < request) flushed.wait(mutex, $);
    mutex.unlock($);
  }
  void stop() {
    stopping.store(true, rl::mo_relaxed, $);
    control_waits.store(true, rl::mo_relaxed, $);
    word.wake();
  }

  void serve_flush() {
    mutex.lock($);
    control_waits.store(false, rl::mo_relaxed, $);
    if (done != requested) {
      done = requested;
      flushed.notify_all($);
    }
    mutex.unlock($);
  }
  void sleep() {
    word.prepare(word.kAsleep);
    if (control_waits.load(rl::mo_relaxed, $) ||
        (steps.sleeper_looks_for_stop && stopping.load(rl::mo_relaxed, $))) {
      return word.stay_awake();
    }
    word.sleep();
  }

  void thread(unsigned index) {
    if (index == 0) {
      flush();
      return stop();
    }
    while (!stopping.load(rl::mo_relaxed, $)) {
      serve_flush();
      sleep();
    }
  }
};

// The batch thread has no body; the export thread releases one while a producer wakes for work.
template <Steps steps>
struct BlockedSuite : rl::test_suite<BlockedSuite<steps>, 3> {
  WakeWord<steps> word;
  rl::mutex mutex;
  int free_bodies = 0;  // under the mutex

  bool try_acquire() {
    mutex.lock($);
    const bool acquired = free_bodies > 0;
    if (acquired) --free_bodies;
    mutex.unlock($);
    return acquired;
  }
  void release() {
    mutex.lock($);
    ++free_bodies;
    mutex.unlock($);
    word.wake_for_body();
  }

  void thread(unsigned index) {
    if (index == 0) return release();
    if (index == 1) return word.wake_for_work();
    while (!try_acquire()) {
      word.prepare(word.kBlocked);
      if (try_acquire()) return word.stay_awake();
      word.sleep();
    }
  }
};

TEST(WakeProtocol, holds_for_work) { expect_model_holds<WorkSuite<Steps{}>>(); }
TEST(WakeProtocol, holds_for_flush_and_stop) { expect_model_holds<ControlSuite<Steps{}>>(); }
TEST(WakeProtocol, holds_for_a_free_body) { expect_model_holds<BlockedSuite<Steps{}>>(); }

TEST(WakeProtocol, loses_a_wake_without_the_wakers_fence) {
  expect_model_breaks<WorkSuite<Steps{.waker_fence = false}>>(rl::test_result_deadlock);
}

TEST(WakeProtocol, loses_a_wake_without_the_sleepers_fence) {
  expect_model_breaks<WorkSuite<Steps{.sleeper_fence = false}>>(rl::test_result_deadlock);
}

// The hint alone does not do: serve_flush() may clear one that stop() has just set.
TEST(WakeProtocol, loses_the_stop_when_only_the_hint_is_looked_at) {
  expect_model_breaks<ControlSuite<Steps{.sleeper_looks_for_stop = false}>>(
      rl::test_result_deadlock);
}

}  // namespace
}  // namespace cero::test
