// Sender: the export thread without the thread. Takes bodies, compresses them, sends them, and
// settles every batch once.
//
// A state machine driven by round(), over a Transport and a Clock, so that tests drive it with a
// FakeTransport and a ManualClock. One thread calls everything.
//
//   exchange ── take_body() ──> RetryQueue ── start_due() ──> Transport ── on_completion() ──┐
//                                   ^          (Endpoints)                                   │
//                                   ├──────── retry, there or elsewhere ─────────────────────┤
//                                   └──────── too large: the halves ─────────────────────────┤
//                                                             delivered, refused: settled <──┘
//
// Memory: what cannot be had is no reason to lose a batch that is held: it is tried again later. A
//         body that there is no memory to hold is dropped as no_memory.
#ifndef CERO_CORE_EXPORT_SENDER_H_
#define CERO_CORE_EXPORT_SENDER_H_

#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "cero/options.h"
#include "export/body_limit.h"
#include "export/body_packer.h"
#include "export/delivery_log.h"
#include "export/endpoints.h"
#include "export/export_counters.h"
#include "export/overrun_policy.h"
#include "export/repacker.h"
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
    Lender* lender = nullptr;                      // of memory beyond retry_bytes_max
    std::function<uint64_t()> spans_dropped = {};  // for OverrunPolicy; empty: there is none
    // The one that has set exporter.endpoint, for the log; empty: none has.
    std::string_view endpoint_variable = {};
  };

  // Throws std::bad_alloc.
  Sender(const Exporter& options, const Context& context);

  // Takes at most one body, starts what is due, and waits for something to happen, at the latest
  // until `deadline`. Whoever calls it keeps export_cpu_ns of the counters.
  void round(TimePoint deadline);

  // All that waits is due now, but for a Retry-After.
  void skip_backoff();
  // Somebody waits until then: from now on a backoff takes an eighth of what is left at most.
  void hurry_until(std::optional<TimePoint> deadline) { hurry_until_ = deadline; }

  // Nothing is held and nothing is waiting to be taken: every batch is settled.
  bool idle() const;
  // Batches that are held, wherever.
  size_t batch_count() const { return queue_.count(); }

  // Why what is held is not delivered yet, for people; empty: nothing has failed.
  std::string_view standing_failure() const { return log_.standing_failure(); }

  // Aborts what is under way and drops all that is held or waits to be taken, as after_shutdown.
  void drop_all();

 private:
  bool take_body();
  bool make_room();
  bool store(const Body& body) noexcept;
  void watch_overrun();
  void wish_for_bodies();
  void start_due();
  void start(Batch& batch, EndpointState& endpoint);
  bool make_sendable(Batch& batch, EndpointState& endpoint);
  std::optional<Pick> next_pick() const;
  TimePoint next_start() const;

  void on_completion(const Completion& completion) override;
  Batch& take_from_flight(uint64_t token);
  void count_repeats(uint32_t repeats, const Batch& batch, const EndpointState& endpoint);
  void count_response(const Completion& completion, EndpointState& endpoint);
  Verdict judge_answer(const Completion& completion, uint32_t span_count,
                       const EndpointState& endpoint) const noexcept;
  Verdict judge_by_protocol(const Completion& completion, uint32_t span_count) const;
  std::optional<AskedDelay> asked_delay(const Completion& completion, const Verdict& verdict,
                                        const EndpointState& endpoint);
  void deliver(Batch& batch, EndpointState& endpoint, const Verdict& verdict);
  void refuse(Batch& batch, EndpointState& endpoint, const Verdict& verdict);
  void send_as_gzip(Batch& batch, EndpointState& endpoint, const Verdict& verdict);
  void split(Batch& batch, EndpointState& endpoint);
  bool halve_slow_upload(Batch& batch, EndpointState& endpoint, const Completion& completion);
  void refuse_size(Batch& batch, EndpointState& endpoint, const Verdict& verdict);
  void drop_refused(Batch& batch, const EndpointState& endpoint, const Verdict& verdict);
  void drop_damaged(Batch& batch);
  void retry(Batch& batch, EndpointState& endpoint, std::string_view why,
             std::optional<AskedDelay> asked);
  std::chrono::nanoseconds delay_max(TimePoint now) const;
  void note_failure(Batch& batch, TimePoint now);
  bool retry_time_is_over(const Batch& batch) const;
  void drop_expired(Batch& batch);
  void endpoint_answered(EndpointState& endpoint);
  void settle(Batch& batch, bool lost);
  uint64_t settled_through() const;

  const Exporter& options_;
  BodyExchange& exchange_;
  Transport& transport_;
  const Clock& clock_;
  ExportCounters& counters_;
  SettledTracker& tracker_;
  DeliveryLog log_;

  BodyPacker packer_;
  std::optional<OverrunPolicy> overrun_;
  BodyLimit body_limit_;
  RetryQueue queue_;
  Repacker repacker_;
  Endpoints endpoints_;
  std::vector<Batch*> in_flight_;  // at most requests_in_flight_max for each endpoint
  std::optional<TimePoint> hurry_until_;
  bool last_was_repeat_ = false;  // of the attempts that were started
  uint64_t last_token_ = 0;
  uint64_t taken_through_ = 0;  // the number of the last body taken
  bool told_window_ = false;
};

}  // namespace cero::core

#endif  // CERO_CORE_EXPORT_SENDER_H_
