// Pacer: when the next traces of one thread are due, on a schedule that does not drift.
//
// A thread that was late catches up: the average is kept, not the distance.
#ifndef CERO_TOOLS_LOADGEN_PACER_H_
#define CERO_TOOLS_LOADGEN_PACER_H_

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>

#include "loadgen/call_timer.h"

namespace cero::loadgen {

class Pacer {
 public:
  // No rate: every trace is always due.
  Pacer(std::optional<double> traces_per_second, Clock::time_point start)
      : interval_(1 / traces_per_second.value_or(std::numeric_limits<double>::infinity())),
        start_(start) {}

  // How many traces should have been made by now and were not, at most `limit`.
  uint64_t take_due(Clock::time_point now, uint64_t limit) {
    uint64_t due = limit;
    if (interval_.count() > 0) {
      const std::chrono::duration<double> elapsed = now - start_;
      if (elapsed.count() < 0) return 0;
      const auto planned =
          static_cast<uint64_t>(elapsed / interval_) + 1;  // the first is due at the start
      due = planned > made_ ? planned - made_ : 0;
    }
    due = due < limit ? due : limit;
    made_ += due;
    return due;
  }

  // When take_due() will next have one.
  Clock::time_point next_due() const {
    return start_ +
           std::chrono::duration_cast<Clock::duration>(interval_ * static_cast<double>(made_));
  }

 private:
  std::chrono::duration<double> interval_;
  Clock::time_point start_;
  uint64_t made_ = 0;
};

}  // namespace cero::loadgen

#endif  // CERO_TOOLS_LOADGEN_PACER_H_
