// LossNotice: says what is being lost, each kind of it: every drop reason of cero/stats.h, and what
// loss_notice.cc lists besides. So no loss is in the counters alone.
//
// Threads that record only count, and cero-batch must not be held up in a handler of the host: a
// shutdown waits for it. So the export thread looks, between its rounds and at next_look(). Where
// nothing would wake it, as when no span ever comes into a ring, cero-batch sees the sum grow when
// it wakes up for its own reasons, and wakes the other.
//
//   quiet ── the count grew: said at once ──> losing ── each kInterval in which it grew: said ──┐
//     ^                                        │  ^                                             │
//     └── a kInterval in which it did not: ────┘  └─────────────────────────────────────────────┘
//         said
#ifndef CERO_CORE_EXPORT_LOSS_NOTICE_H_
#define CERO_CORE_EXPORT_LOSS_NOTICE_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "cero/stats.h"

namespace cero::core {

class LossNotice {
 public:
  // From the provider's whole ledger, since each stage loses spans of its own. Its counts only
  // grow. Empty: there is nothing to look at.
  using Ledger = std::function<Stats()>;

  // No two looks are closer.
  static constexpr std::chrono::milliseconds kLookInterval{100};
  static constexpr std::chrono::seconds kInterval{10};

  // Grows with whatever is told of here.
  static uint64_t sum(const Stats& stats) noexcept;

  // Throws std::bad_alloc.
  LossNotice(Ledger ledger, Log& log);

  // As often as one likes: what costs something happens once in kLookInterval.
  void look(TimePoint now) noexcept;
  // There is something to be seen: from any thread, and before the one that looks is woken.
  void expect() noexcept { expected_.store(true, std::memory_order_relaxed); }
  // When the next look is due, if nothing happens before.
  TimePoint next_look() const { return next_look_; }
  // The last look, when all is over: says what was not said yet. `failure`: what kept spans from
  // being delivered until then, or empty.
  void finish(TimePoint now, std::string_view failure = {}) noexcept;

 private:
  struct Told {
    bool losing = false;
    uint64_t count = 0;
    TimePoint at{};
  };

  void look_at(size_t kind, uint64_t count, TimePoint now) noexcept;
  void say_begin(size_t kind, uint64_t count, TimePoint now,
                 std::string_view failure = {}) noexcept;
  void say_more(size_t kind, uint64_t count, TimePoint now, std::string_view failure = {}) noexcept;
  void say_end(size_t kind, TimePoint now) noexcept;
  template <typename MakeText>
  void say(Severity severity, MakeText make_text) noexcept;

  const Ledger ledger_;
  Log& log_;
  std::vector<Told> told_;  // of each kind
  TimePoint not_before_{};
  TimePoint next_look_{TimePoint::max()};
  // Relaxed: waking the thread orders it.
  std::atomic<bool> expected_{false};
};

}  // namespace cero::core

#endif  // CERO_CORE_EXPORT_LOSS_NOTICE_H_
