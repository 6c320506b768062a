// CallTimer: the time inside cero's calls for one span, what lies between them left out.
#ifndef CERO_TOOLS_LOADGEN_CALL_TIMER_H_
#define CERO_TOOLS_LOADGEN_CALL_TIMER_H_

#include <chrono>
#include <cstdint>

namespace cero::loadgen {

using Clock = std::chrono::steady_clock;

class CallTimer {
 public:
  // A timer that is off reads no clock.
  explicit CallTimer(bool on) : on_(on) {}

  void start() {
    if (on_) started_ = Clock::now();
  }
  void stop() {
    if (!on_) return;
    sum_ += Clock::now() - started_;
    ++sections_;
  }

  bool on() const { return on_; }
  // Nanoseconds less what the clock itself cost; `clock_cost_ns` is a start() and stop() with
  // nothing between.
  uint64_t nanoseconds(uint64_t clock_cost_ns) const {
    const auto measured = static_cast<uint64_t>(sum_.count());
    const uint64_t own = sections_ * clock_cost_ns;
    return measured > own ? measured - own : 0;
  }

 private:
  bool on_;
  Clock::time_point started_;
  std::chrono::nanoseconds sum_{0};
  uint64_t sections_ = 0;
};

// The median of many empty sections, to be passed to nanoseconds().
uint64_t measure_clock_cost_ns();

}  // namespace cero::loadgen

#endif  // CERO_TOOLS_LOADGEN_CALL_TIMER_H_
