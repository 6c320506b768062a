// Sender: the export thread without the thread. Takes bodies, compresses them, sends them, and
// settles every batch once.
//
// A state machine driven by round(), over a Transport and a Clock, so that tests drive it with a
// FakeTransport and a ManualClock. One thread calls everything.
//
//   exchange ── take_body() ──> RetryQueue ── start_due() ──> Transport ── on_completion() ──┐
//                                   ^                                                        │
//                                   └─────────────── retry ──────────────────────────────────┤
//                                                             delivered, refused: settled <──┘
#ifndef CERO_CORE_EXPORT_SENDER_H_
#define CERO_CORE_EXPORT_SENDER_H_

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "cero/options.h"
#include "export/body_limit.h"
#include "export/body_packer.h"
#include "export/endpoint_health.h"
#include "export/export_counters.h"
#include "export/retry_queue.h"
#include "export/settled_tracker.h"
#include "export/verdict.h"
#include "http/transport.h"
#include "otlp/body.h"

namespace cero::core {

class Sender final : private CompletionHandler {
 public:
  // What it works with; all of it outlives the sender.
  struct Context {
    BodyExchange& exchange;
    Transport& transport;
    const Clock& clock;
    Log& log;
    ExportCounters& counters;
    SettledTracker& tracker;
  };

  // Throws std::bad_alloc.
  Sender(const Exporter& options, const Context& context);

  // Takes at most one body, starts what is due, and waits for something to happen, at the latest
  // until `deadline`.
  void round(TimePoint deadline);

  // Batches up to the number go out now, but for a Retry-After.
  void skip_backoff(uint64_t number_max);

  // Nothing is held and nothing is waiting to be taken: every batch is settled.
  bool idle() const;

  // Aborts what is under way and drops all that is held or waits to be taken, as after_shutdown.
  void drop_all();

 private:
  bool take_body();
  bool store(const Body& body) noexcept;
  void start_due();
  void start(Batch& batch);
  bool make_sendable(Batch& batch);
  TimePoint next_start() const;
  bool may_start(TimePoint now) const;
  bool retry_time_is_over(const Batch& batch, TimePoint now) const;

  void on_completion(const Completion& completion) override;
  Batch& take_from_flight(uint64_t number);
  void count_response(const Completion& completion);
  Verdict judge_answer(const Completion& completion, uint32_t span_count) const noexcept;
  std::optional<AskedDelay> asked_delay(const Completion& completion, const Verdict& verdict) const;
  void deliver(Batch& batch, const Verdict& verdict);
  void refuse(Batch& batch, const Verdict& verdict);
  void send_as_gzip(Batch& batch, const Verdict& verdict);
  void drop_damaged(Batch& batch);
  void retry(Batch& batch, const Verdict& verdict, std::optional<AskedDelay> asked);
  void expire(Batch& batch);
  void endpoint_answered();
  void settle(Batch& batch, bool lost);
  uint64_t settled_through() const;

  void say(LogTopic topic, Severity severity, const std::string& message) noexcept;

  const Exporter& options_;
  BodyExchange& exchange_;
  Transport& transport_;
  const Clock& clock_;
  Log& log_;
  ExportCounters& counters_;
  SettledTracker& tracker_;

  BodyPacker packer_;
  BodyLimit body_limit_;
  RetryQueue queue_;
  EndpointHealth health_;
  std::vector<Batch*> in_flight_;  // at most requests_in_flight_max
  bool probe_in_flight_ = false;
  uint64_t taken_through_ = 0;  // the number of the last body taken
  bool warned_unreadable_ = false;
  bool warned_http1_ = false;
  bool told_limit_ = false;
};

}  // namespace cero::core

#endif  // CERO_CORE_EXPORT_SENDER_H_
