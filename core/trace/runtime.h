// Runtime: what threads that record spans need to know of one provider.
//
// Immortal: spans and tracers may outlive their provider and still look here. A new provider takes
// over a runtime whose own has been destroyed, with the next generation; tracers, spans and records
// of an older one are recognised by their number and record nothing.
//
// In a forked child a runtime that was live is not: it waits for the first span that one of its
// tracers is asked for, and its pipeline is then made again (renew), for the same generation, so
// that the tracers the parent made go on working.
//
// E1  live_: release in go_live -> acquire in is_live. Publishes the settings below. A thread that
//     starts a span of an old generation while a new one is set up may read a mixture of settings;
//     the span never gets further than its own thread, since its generation is over.
// E2  inherited_: release at the end of renew -> acquire at its beginning. Who finds a runtime no
//     longer inherited sees it live.
#ifndef CERO_CORE_TRACE_RUNTIME_H_
#define CERO_CORE_TRACE_RUNTIME_H_

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>

#include "base/ledger_cells.h"
#include "cero/options.h"
#include "ring/announcer.h"
#include "ring/ring_budget.h"
#include "ring/ring_registry.h"

namespace cero::core {

// Makes a runtime's pipeline again, in a forked child.
class Renewer {
 public:
  // False: it could not.
  virtual bool renew() noexcept = 0;

 protected:
  ~Renewer() = default;
};

class Runtime {
 public:
  Runtime(uint32_t index, Announcer& announcer) noexcept : index_(index), announcer_(announcer) {}

  // ---- By the pipeline
  // Sets everything up for a new provider and returns its generation, not live yet.
  uint32_t prepare(const Options& options) noexcept;
  void go_live() noexcept {
    live_.store(generation_.load(std::memory_order_relaxed), std::memory_order_release);
  }  // E1
  // From here on spans of this generation end as after_shutdown. Waits for a renewal under way.
  void end_life() noexcept;
  // nullptr: none any more. The other waits for a renewal under way.
  void set_renewer(Renewer* renewer) noexcept;
  // In the child, while it has one thread: with no ring, counters at zero, and to be renewed if it
  // was live. Takes no lock, allocates nothing.
  void begin_child() noexcept;

  // ---- By threads that record
  bool is_live(uint32_t generation) const noexcept {
    return live_.load(std::memory_order_acquire) == generation;  // E1
  }
  // Whether this generation's provider still exists, live or shut down.
  bool is_latest(uint32_t generation) const noexcept {
    return generation_.load(std::memory_order_relaxed) ==
           generation;  // only decides which counter takes a late span
  }
  // Whether its provider was live when this process was forked and waits for a span.
  bool is_inherited(uint32_t generation) const noexcept {
    return inherited_.load(std::memory_order_acquire) == generation;  // E2
  }
  // For a generation that is not live: makes it so if it is inherited. Cold; locks, and starts
  // threads.
  enum class Renewal {
    live,
    over,       // its provider has been shut down
    failed,     // not for want of trying: is tried again by a span a second later
    reentrant,  // this thread is at it, and a handler or a hook came in between
  };
  Renewal renew(uint32_t generation) noexcept;
  // The place of this runtime's rings in a thread's slot.
  uint32_t index() const noexcept { return index_; }

  // A new ring for the calling thread; nullptr: no memory.
  SpanRing* make_ring() noexcept;
  RingRegistry& rings() noexcept { return rings_; }
  const RingRegistry& rings() const noexcept { return rings_; }

  // Which generation was last the default provider's: for default_runtime.h, whose edges order it.
  uint32_t default_generation() const noexcept {
    return default_generation_.load(std::memory_order_relaxed);
  }
  void set_default_generation(uint32_t generation) noexcept {
    default_generation_.store(generation, std::memory_order_relaxed);
  }

  // What the rings leave idle of rings_bytes_max.
  Lender& idle_ring_memory() noexcept { return ring_budget_; }

  // Settings. Relaxed atomics: see E1.
  struct Settings {
    std::array<std::atomic<uint64_t>, 5> sampler_rules{};
    std::atomic<uint32_t> attributes_max{0};
    std::atomic<uint32_t> events_max{0};
    std::atomic<uint32_t> links_max{0};
    std::atomic<uint32_t> attributes_per_event_max{0};
    std::atomic<uint32_t> attributes_per_link_max{0};
    std::atomic<uint32_t> value_length_max{0};
    std::atomic<uint32_t> span_bytes_max{0};
    std::atomic<uint32_t> ring_record_bytes_max{
        0};  // a larger span goes in a block, or is too large
    std::atomic<uint32_t> ring_bytes{0};
    std::atomic<uint32_t> queue_spans_max{0};   // 0: no such bound
    std::atomic<uint32_t> queue_spans_wake{1};  // with such a bound: of so many spans one wakes
  };
  const Settings& settings() const noexcept { return settings_; }

  // The bound on spans between end() and their first send, where queue_spans_max sets one. Relaxed:
  // counts, they publish nothing.
  enum class QueueEntry {
    entered,
    urgent,   // entered, and with those before it there is work: the batch thread should be woken
    refused,  // it is full
  };
  bool has_bounded_queue() const noexcept {
    return settings_.queue_spans_max.load(std::memory_order_relaxed) != 0;
  }
  // Precondition: has_bounded_queue().
  QueueEntry enter_queue() noexcept;
  void leave_queue(uint32_t spans) noexcept {
    if (has_bounded_queue()) [[unlikely]]
      queued_spans_.fetch_sub(spans, std::memory_order_relaxed);
  }

  // Rare events of threads that record; what happens at a ring is counted there.
  using Counters = LedgerCells<SharedCounter>;
  Counters& counters() noexcept { return counters_; }
  const Counters& counters() const noexcept { return counters_; }

 private:
  Renewal renew_once(uint32_t generation) noexcept;

  const uint32_t index_;
  Announcer& announcer_;
  std::atomic<uint32_t> generation_{0};
  std::atomic<uint32_t> live_{0};
  std::atomic<uint32_t> inherited_{0};  // the generation that is to be renewed
  Settings settings_;
  Counters counters_;
  std::atomic<int64_t> queued_spans_{0};
  std::atomic<uint32_t> entered_spans_{0};  // all that there ever were; it may wrap
  RingRegistry rings_;
  RingBudget ring_budget_;
  std::atomic<uint32_t> default_generation_{0};

  std::mutex renewal_mutex_;  // guards what follows, and the ends of a life
  Renewer* renewer_ = nullptr;
  std::chrono::steady_clock::time_point next_renewal_{};
};

// Of a queue with queue_spans_max: each time that so many spans have come in, their producer wakes
// the batch thread. No more than a batch, or half of what may be in it.
uint32_t queue_wake_spans(const BatchOptions& options) noexcept;

// Providers alive at once: each has its place in every thread's slot.
constexpr uint32_t kRuntimesMax = 64;

}  // namespace cero::core

#endif  // CERO_CORE_TRACE_RUNTIME_H_
