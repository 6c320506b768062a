// BatchThread: the thread "cero-batch", a loop around a BatchStage.
//
// It sleeps for as long as nothing can be due and no ring can be half full (SleepPolicy); producers
// with much to drain, the export thread with a free body, and control calls wake it early. In a
// pass it looks at every ring, announced or not, unless it has done so in the last kSweepInterval.
//
// Threads: flush and stop from any.
#ifndef CERO_CORE_BATCH_BATCH_THREAD_H_
#define CERO_CORE_BATCH_BATCH_THREAD_H_

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "base/clock.h"
#include "batch/batch_stage.h"
#include "batch/sleep_policy.h"
#include "cero/options.h"
#include "cero/result.h"

namespace cero::core {

class BatchThread {
 public:
  // `on_pass` is called after a pass, ten times a second at most, and as often as the thread wakes
  // up where that is seldom. It must not wait.
  BatchThread(BatchStage& stage, TicketQueue& tickets, const SleepPolicy& sleep_policy,
              std::function<void()> on_pass = {})
      : stage_(stage),
        tickets_(tickets),
        sleep_policy_(sleep_policy),
        on_pass_(std::move(on_pass)) {}
  ~BatchThread() { stop(); }
  BatchThread(const BatchThread&) = delete;
  BatchThread& operator=(const BatchThread&) = delete;

  Result<void> start(const ThreadStartHook& hook = {});

  // Drains what is in the rings now, closes the batch, and returns its number: with it and those
  // before it, all spans that had ended are in requests. Nothing: the deadline came first, or the
  // thread has stopped.
  std::optional<uint64_t> flush(TimePoint deadline);

  // Ends the thread within a pass; what its open batch holds is dropped as after_shutdown. To keep
  // it, flush first.
  void stop();

  uint64_t cpu_ns() const noexcept { return cpu_ns_.value(); }

 private:
  void run();
  bool serve_flush();
  void pass();
  void call_on_pass();
  void sleep();
  std::chrono::nanoseconds sleep_time() const;

  BatchStage& stage_;
  TicketQueue& tickets_;
  SleepPolicy sleep_policy_;
  const std::function<void()> on_pass_;
  TimePoint last_on_pass_{};
  TimePoint last_sweep_{};
  SingleWriterCounter cpu_ns_;

  std::mutex mutex_;  // guards the requests and their answers
  std::condition_variable flushed_;
  uint64_t flush_requested_ = 0;
  uint64_t flush_done_ = 0;
  uint64_t flush_number_ = 0;  // the last batch of flush_done_
  bool stopped_ = false;
  std::atomic<bool> control_waits_{
      false};  // hint for the thread: look at the requests; wake() orders it
  std::atomic<bool> stopping_{false};

  uint64_t sweep_for_flush_ = 0;  // the request that the sweep under way serves
  std::thread thread_;
};

}  // namespace cero::core

#endif  // CERO_CORE_BATCH_BATCH_THREAD_H_
