// WallTime: ticks to unix nanoseconds, by one monotone piecewise-linear function whose knots are
// only appended.
//
// One function for all spans, so that no child starts before its parent by rounding. Each update()
// appends a knot that bends the function towards the kernel's wall clock; when they differ by more
// than kStepMin (someone set the clock, or the machine slept) a new epoch starts with a step. A
// span across epochs keeps its duration and takes its wall time from its end.
//
// A suspended machine may stop one clock and not the other, or start the tick counter anew. So a
// rate that is out of all proportion is not believed before the second time, and where ticks begin
// anew so does the function: the old line is kept for what was recorded on it.
//
// Threads: for the batch thread alone.
#ifndef CERO_CORE_BASE_WALL_TIME_H_
#define CERO_CORE_BASE_WALL_TIME_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace cero::core {

class WallTime {
 public:
  // One simultaneous reading of the clocks.
  struct Reading {
    uint64_t ticks;
    uint64_t monotonic_ns;
    uint64_t unix_ns;
  };
  static Reading read() noexcept;

  static constexpr int64_t kStepMin = 1'000'000;  // ns
  // Ticks that run backwards by more have begun anew; by less, they are of two processors.
  static constexpr uint64_t kBackwardsMin = 1'000'000'000;
  // Between knots, ns: short at first, while the rate is known from a short time only.
  static constexpr uint64_t kIntervalFirst = 1'000'000;
  static constexpr uint64_t kIntervalMax = 1'000'000'000;

  explicit WallTime(const Reading& first);

  // Appends a knot when the last one is old enough, or the function has no slope yet.
  void update(const Reading& now);

  uint64_t to_unix(uint64_t ticks) const noexcept;
  // A span's times; end is not before start.
  struct Interval {
    uint64_t start;
    uint64_t end;
  };
  Interval to_unix(uint64_t start_ticks, uint64_t end_ticks) const noexcept;
  // When `ticks` was, by the monotonic clock's age before `now`.
  uint64_t age_ns(uint64_t ticks, uint64_t now_ticks) const noexcept;

 private:
  struct Knot {
    uint64_t ticks;
    uint64_t unix_ns;
    double ns_per_tick;
    uint32_t epoch;
  };
  static constexpr size_t kKnotsMax = 128;
  // The last knot before the ticks began anew. Ticks from the middle of the gap on are its own,
  // until the new ones have come so far.
  struct Before {
    Knot knot;
    uint64_t ticks_min;
  };

  void begin_anew(const Reading& now);
  double believed(double measured) noexcept;
  const Knot& knot_of(uint64_t ticks) const noexcept;
  static uint64_t on_line(const Knot& knot, uint64_t ticks) noexcept;
  void append(const Knot& knot);

  std::vector<Knot> knots_;
  std::optional<Before> before_;
  Reading last_;
  double ns_per_tick_ = 1.0;  // the last rate that was believed, not bent
  bool rate_was_odd_ = false;
  uint64_t interval_ns_ = kIntervalFirst;
  bool has_slope_ = false;
};

}  // namespace cero::core

#endif  // CERO_CORE_BASE_WALL_TIME_H_
