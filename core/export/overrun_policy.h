// OverrunPolicy: when gzip costs spans, so that bodies are best left uncompressed.
//
//   compressing ── spans were dropped and the thread computed three quarters of the time ──>
//   overrun
//        ^──────── it computed less than a third of the time ────────────────────────────────┘
//
// A step is made when each window of kPatience has said so. What counts is spans that were really
// dropped, and CPU time: by the wall clock a thread that a loaded host gives no CPU is as late as
// one that has too much to do, and there compression is not what holds spans up. Nor is it where
// the thread waits: its backend is slow, or cero-batch was late.
//
// Without compression a span costs the thread about three quarters of what it costs with ISA-L. So
// a load that ISA-L cannot keep up with takes much more than a third of the time, and a constant
// load comes to rest.
#ifndef CERO_CORE_EXPORT_OVERRUN_POLICY_H_
#define CERO_CORE_EXPORT_OVERRUN_POLICY_H_

#include <chrono>
#include <cstdint>
#include <functional>

#include "base/clock.h"
#include "cero/options.h"

namespace cero::core {

// What exporter.uncompressed_when_overrun makes of the engine and the endpoints: whether there is
// to be a policy at all.
bool may_go_uncompressed(const Exporter& options);

class OverrunPolicy {
 public:
  static constexpr std::chrono::milliseconds kWindow{200};
  static constexpr std::chrono::seconds kPatience{1};

  // `spans_dropped`: before they came to the thread; it only grows.
  OverrunPolicy(std::function<uint64_t()> spans_dropped, TimePoint now)
      : spans_dropped_(std::move(spans_dropped)), window_began_(now), agreed_since_(now) {}

  // As often as one likes: what costs something happens once in kWindow. `cpu_time`: the thread's,
  // so far. True: it began or ended.
  bool look(TimePoint now, std::chrono::nanoseconds cpu_time);

  bool overrun() const { return overrun_; }
  // When the last window ended.
  uint64_t spans_dropped() const { return dropped_; }

 private:
  const std::function<uint64_t()> spans_dropped_;
  bool overrun_ = false;
  TimePoint window_began_;
  TimePoint agreed_since_;  // from then on, each window spoke for a step
  // Before this window.
  std::chrono::nanoseconds cpu_time_{0};
  uint64_t dropped_ = 0;
};

}  // namespace cero::core

#endif  // CERO_CORE_EXPORT_OVERRUN_POLICY_H_
