#include "batch/batch_thread.h"

#include <algorithm>

#include "base/background_thread.h"
#include "base/ticks.h"

namespace cero::core {
namespace {

using std::chrono::nanoseconds;

// A sweep costs a look at every ring that ever was, so not each short pass is one.
constexpr nanoseconds kSweepInterval = std::chrono::milliseconds(10);

// So does what is done at a pass for others, who can wait.
constexpr nanoseconds kOnPassInterval = std::chrono::milliseconds(100);

}  // namespace

Result<void> BatchThread::start(const ThreadStartHook& hook) {
  auto thread = start_background_thread("cero-batch", hook, [this] { run(); });
  if (!thread) return thread.error();
  thread_ = std::move(thread).value();
  return {};
}

std::optional<uint64_t> BatchThread::flush(TimePoint deadline) {
  std::unique_lock lock(mutex_);
  if (stopped_) return std::nullopt;
  const uint64_t request = ++flush_requested_;
  control_waits_.store(true, std::memory_order_relaxed);
  tickets_.wake_word().wake();
  const bool done =
      flushed_.wait_until(lock, deadline, [&] { return flush_done_ >= request || stopped_; });
  if (!done || flush_done_ < request) return std::nullopt;
  return flush_number_;
}

void BatchThread::stop() {
  if (!thread_.joinable()) return;
  stopping_.store(true, std::memory_order_relaxed);
  control_waits_.store(true, std::memory_order_relaxed);
  tickets_.wake_word().wake();
  thread_.join();
}

void BatchThread::run() {
  while (!stopping_.load(std::memory_order_relaxed)) {
    pass();
    call_on_pass();
    cpu_ns_.set(thread_cpu_ns());
    sleep();
  }
  stage_.discard();
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  flushed_.notify_all();
}

void BatchThread::pass() {
  stage_.update_wall_time(WallTime::read());
  if (stage_.blocked() && !stage_.try_unblock()) return;
  const TimePoint now = std::chrono::steady_clock::now();
  const bool flush_is_half_done = sweep_for_flush_ != flush_done_;
  if (!stage_.sweeping() && !flush_is_half_done &&
      (tickets_.take_missed() || now - last_sweep_ >= kSweepInterval)) {
    last_sweep_ = now;
    stage_.start_sweep();
  }
  // Tickets come last: when bodies are scarce, busy rings would else take each of them, and a flush
  // or the other rings would wait for ever.
  if (!serve_flush() || !stage_.sweep() || !stage_.drain_tickets()) return;
  sleep_policy_.pass_drained(stage_.take_bytes_drained());
  stage_.close_if_due(read_ticks(), sleep_policy_.time());
}

void BatchThread::call_on_pass() {
  if (!on_pass_) return;
  const TimePoint now = std::chrono::steady_clock::now();
  if (now - last_on_pass_ < kOnPassInterval) return;
  last_on_pass_ = now;
  on_pass_();
}

// Whether no flush is left half done. A flush is a whole sweep that began after the request, and a
// closed batch.
bool BatchThread::serve_flush() {
  uint64_t requested;
  {
    const std::lock_guard lock(mutex_);
    requested = flush_requested_;
    control_waits_.store(false, std::memory_order_relaxed);
    if (requested == flush_done_) return true;
  }
  if (sweep_for_flush_ != requested) {
    sweep_for_flush_ = requested;
    stage_.start_sweep();
  }
  if (!stage_.sweep() || !stage_.close_batch()) return false;
  const std::lock_guard lock(mutex_);
  flush_done_ = requested;
  flush_number_ = stage_.last_number();
  flushed_.notify_all();
  return true;
}

nanoseconds BatchThread::sleep_time() const {
  // What lies in a ring unseen has ended after the last sweep.
  const TimePoint unseen_due = last_sweep_ + std::max(stage_.delay_max(), kSweepInterval);
  const nanoseconds time = std::min(sleep_policy_.time(), stage_.time_to_due(read_ticks()));
  return std::clamp<nanoseconds>(unseen_due - std::chrono::steady_clock::now(), nanoseconds::zero(),
                                 time);
}

void BatchThread::sleep() {
  WakeWord& word = tickets_.wake_word();
  const nanoseconds time = sleep_time();
  if (stage_.blocked()) {
    word.prepare_to_block();
    // A body that was released before the mark was set has woken nobody. A flush needs a body too,
    // so only a stop counts besides.
    if (stage_.try_unblock() || stopping_.load(std::memory_order_relaxed)) return word.stay_awake();
    return word.sleep(SleepPolicy::kIdleMax);
  }
  word.prepare_to_sleep();
  // The hint alone would not do for a stop: serve_flush() may clear one that stop() has just set.
  if (tickets_.has_tickets() || tickets_.missed() ||
      control_waits_.load(std::memory_order_relaxed) || stopping_.load(std::memory_order_relaxed)) {
    return word.stay_awake();
  }
  word.sleep(time);
}

}  // namespace cero::core
