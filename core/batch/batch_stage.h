// BatchStage: drains rings into requests. The policy of the batch thread without the thread, so
// that tests drive it by hand.
//
// A batch is closed when it is full (spans or bytes, fewer where the exporter wishes), when its
// oldest span would be older than delay_max in the next pass, or for a flush. Closing needs one of
// the bodies that circulate; while there is none the stage is blocked: it leaves records in their
// rings, which fill, and producers drop the newest. Overload drops in that one place.
//
// Threads: one. Counters may be read by any.
#ifndef CERO_CORE_BATCH_BATCH_STAGE_H_
#define CERO_CORE_BATCH_BATCH_STAGE_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>

#include "base/ledger_cells.h"
#include "base/wall_time.h"
#include "otlp/body.h"
#include "otlp/request_builder.h"
#include "queue/ticket_queue.h"
#include "ring/ring_registry.h"

namespace cero::core {

// One writer, the batch thread. in_flight: spans in the open batch. dropped.after_shutdown: those
// of an older provider, and what was left when the thread had to end.
using BatchCounters = LedgerCells<SingleWriterCounter>;

class BatchStage {
 public:
  struct Settings {
    uint32_t generation;
    std::chrono::nanoseconds delay_max;
    std::function<void(uint32_t spans)> on_lost;  // spans that will be in no body
  };

  BatchStage(const Settings& settings, const RingRegistry& rings, TicketQueue& tickets,
             BodyExchange& exchange, RequestBuilder& builder, const WallTime::Reading& now)
      : settings_(settings),
        rings_(rings),
        tickets_(tickets),
        exchange_(exchange),
        builder_(builder),
        wall_time_(now) {}

  // Drains rings that announced work, a bounded number of them: producers may announce as fast as
  // rings are drained, and flushes and old batches must not wait for that to end. False: blocked.
  bool drain_tickets();
  // Starts a round over every ring; sweep() goes on with it until it is done (true) or blocked
  // (false).
  void start_sweep() noexcept;
  bool sweeping() const noexcept { return sweep_left_ > 0; }
  bool sweep();
  // Closes the open batch, if it has spans. False: blocked.
  bool close_batch();
  // Closes it if it is full, or its oldest span due before the next pass. False: blocked.
  bool close_if_due(uint64_t now_ticks, std::chrono::nanoseconds next_pass);
  // Drops what the open batch holds as after_shutdown.
  void discard();

  void update_wall_time(const WallTime::Reading& now) { wall_time_.update(now); }

  // When the open batch will be due, a full one at once; nanoseconds::max() without one.
  std::chrono::nanoseconds time_to_due(uint64_t now_ticks) const noexcept;
  std::chrono::nanoseconds delay_max() const noexcept { return settings_.delay_max; }
  bool blocked() const noexcept { return blocked_; }
  // Whether there is a body to go on with.
  bool try_unblock();
  // The number of the last batch closed.
  uint64_t last_number() const noexcept { return last_number_; }
  // Bytes drained since the last call.
  uint64_t take_bytes_drained() noexcept { return std::exchange(bytes_drained_, 0); }
  const BatchCounters& counters() const noexcept { return counters_; }

 private:
  void drain(SpanRing& ring, uint64_t stream_end);
  bool take(const RecordHeader& record);
  void lose_open_batch(SingleWriterCounter& reason);
  void lose(SingleWriterCounter& reason, uint32_t spans);
  void publish_counts();

  const Settings settings_;
  const RingRegistry& rings_;
  TicketQueue& tickets_;
  BodyExchange& exchange_;
  RequestBuilder& builder_;
  WallTime wall_time_;

  Body* body_ = nullptr;  // for the next close
  bool blocked_ = false;
  uint64_t last_number_ = 0;
  uint64_t oldest_end_ticks_ = 0;  // of the open batch
  size_t sweep_next_ = 0;          // the ring to go on with, so that a blocked round is fair
  size_t sweep_left_ = 0;
  // Where that ring's turn ends: a ring that fills while the stage is blocked must not keep it.
  std::optional<uint64_t> turn_end_;
  uint64_t bytes_drained_ = 0;
  BatchCounters counters_;
};

}  // namespace cero::core

#endif  // CERO_CORE_BATCH_BATCH_STAGE_H_
