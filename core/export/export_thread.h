// ExportThread: the thread "cero-export", a loop around a Sender.
//
// Threads: wake(), flush(), stop() and totals() from any; none waits past its deadline.
// Cost:    the thread sleeps in the transport's poll; in a steady state it allocates nothing
//          outside libcurl.
// Signals: all are blocked in it: a handler of the host never runs there, and a SIGPIPE from a TLS
//          write stays there.
//
// stop() never waits past its deadline. When it returns false the thread is late (in the log
// handler, say) and still uses this object, the exchange, the clock and the log: they must then
// live on; stop() may be called again.
#ifndef CERO_CORE_EXPORT_EXPORT_THREAD_H_
#define CERO_CORE_EXPORT_EXPORT_THREAD_H_

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>

#include "base/clock.h"
#include "base/log.h"
#include "cero/options.h"
#include "cero/result.h"
#include "export/export_counters.h"
#include "export/loss_notice.h"
#include "export/sender.h"
#include "export/settled_tracker.h"
#include "http/transport.h"
#include "otlp/body.h"

namespace cero::core {

class ExportThread {
 public:
  // `ledger` is called by the thread, for what it says of losses and for OverrunPolicy; `lender` is
  // for the retry queue; `endpoint_variable` as in Sender::Context. Throws std::bad_alloc.
  ExportThread(const Exporter& options, BodyExchange& exchange,
               std::unique_ptr<Transport> transport, Clock& clock, Log& log,
               LossNotice::Ledger ledger = {}, Lender* lender = nullptr,
               std::string_view endpoint_variable = {});
  // Drops what is left and waits for the thread, however long: call stop() first.
  ~ExportThread();
  ExportThread(const ExportThread&) = delete;
  ExportThread& operator=(const ExportThread&) = delete;

  // Once. Without it stop() drops what was submitted.
  Result<void> start(const ThreadStartHook& hook = {});

  // A body was submitted.
  void wake() noexcept;
  // What LossNotice tells of has grown.
  void wake_for_losses() noexcept {
    loss_notice_.expect();
    wake();
  }

  // While one lives, somebody waits: no backoff is longer than an eighth of the time that is left
  // until the deadline, and when it begins all that waits for one is tried at once. A delay that a
  // server asked for is kept all the same. Any thread's; the ExportThread outlives it.
  class Hurry {
   public:
    Hurry(ExportThread& thread, TimePoint deadline);
    ~Hurry();
    Hurry(const Hurry&) = delete;
    Hurry& operator=(const Hurry&) = delete;

   private:
    friend class ExportThread;

    ExportThread& thread_;
    const TimePoint deadline_;
    Hurry* next_;
  };

  // In a hurry, sends batches up to `number`, and waits until they are settled.
  // `watch` was made from settled() before the last of them was submitted; the short form suits a
  // caller that has lost nothing since.
  FlushOutcome flush(SettledTracker::Watch& watch, uint64_t number, TimePoint deadline);
  FlushOutcome flush(uint64_t number, TimePoint deadline);
  SettledTracker& settled() { return tracker_; }

  // Delivers what was submitted, drops the rest as after_shutdown shortly before the deadline, and
  // ends the thread. No body may be submitted any more. True: the thread has ended and everything
  // is accounted for.
  bool stop(TimePoint deadline);

  Stats totals() const { return counters_.read(); }

 private:
  struct Requests {
    uint64_t hurry_count = 0;              // all that there ever were
    std::optional<TimePoint> hurry_until;  // the first deadline of those there are
    std::optional<TimePoint> drop_at;      // set: stop, and give up then
  };

  void run();
  void serve();
  Requests requests();
  void finish();
  void publish_cpu_time();

  const Exporter options_;
  Clock& clock_;
  ExportCounters counters_;
  SettledTracker tracker_;

  std::mutex mutex_;  // guards what follows, to transport_mutex_
  std::condition_variable finished_changed_;
  uint64_t hurry_count_ = 0;
  Hurry* hurries_ = nullptr;
  std::optional<TimePoint> drop_at_;
  bool finished_ = false;

  // Guards transport_, which is there until the thread ends, against wake(). The thread takes it
  // only then: it must not wake up to wait for whoever has woken it.
  std::mutex transport_mutex_;
  std::unique_ptr<Transport> transport_;
  Sender sender_;
  LossNotice loss_notice_;
  std::thread thread_;
};

}  // namespace cero::core

#endif  // CERO_CORE_EXPORT_EXPORT_THREAD_H_
