#include "base/wall_time.h"

#include <algorithm>
#include <cmath>

#include "base/assert.h"
#include "base/ticks.h"

namespace cero::core {
namespace {

// Beyond what separates two crystals, or two readings that were held up.
constexpr double kRateJump = 0.1;

}  // namespace

WallTime::Reading WallTime::read() noexcept {
  // The tightest of a few brackets: an interrupt between the readings would set them apart.
  Reading best{};
  uint64_t best_width = UINT64_MAX;
  for (int attempt = 0; attempt < 4; ++attempt) {
    const uint64_t before = read_ticks();
    const uint64_t monotonic = monotonic_ns();
    const uint64_t wall = unix_ns();
    const uint64_t after = read_ticks();
    if (after - before < best_width) {
      best_width = after - before;
      best = {before + (after - before) / 2, monotonic, wall};
    }
  }
  return best;
}

WallTime::WallTime(const Reading& first) : last_(first) {
  knots_.reserve(kKnotsMax);
  // Until the first update tells the rate of ticks, one tick counts as one nanosecond.
  knots_.push_back({first.ticks, first.unix_ns, 1.0, 0});
}

void WallTime::update(const Reading& now) {
  if (now.ticks < last_.ticks && last_.ticks - now.ticks > kBackwardsMin) return begin_anew(now);
  if (before_ && now.ticks >= before_->ticks_min) before_.reset();
  const uint64_t elapsed_ns = now.monotonic_ns - last_.monotonic_ns;
  if (has_slope_ && elapsed_ns < interval_ns_) return;
  if (now.ticks <= last_.ticks || elapsed_ns == 0) return;
  const double measured =
      static_cast<double>(elapsed_ns) / static_cast<double>(now.ticks - last_.ticks);
  if (!has_slope_) {
    knots_.front().ns_per_tick = ns_per_tick_ = measured;
    has_slope_ = true;
    return;  // last_ stays: the next rate is taken over a longer time, so it is finer
  }
  const Knot& current = knots_.back();
  const uint64_t predicted = on_line(current, now.ticks);
  const auto drift = static_cast<int64_t>(now.unix_ns - predicted);
  const double rate = believed(measured);
  last_ = now;
  interval_ns_ = std::min(interval_ns_ * 4, kIntervalMax);
  if (std::abs(drift) > kStepMin) {
    append({now.ticks, now.unix_ns, rate, current.epoch + 1});
    return;
  }
  // Bend so that the drift is gone after the longest interval, but never so far that time stands
  // still. Bent for the short first ones, the line would run away from the clock when the next
  // update comes late.
  const uint64_t bent_for_ns = std::max(kIntervalMax, elapsed_ns);
  const double bend =
      1.0 + std::clamp(static_cast<double>(drift) / static_cast<double>(bent_for_ns), -0.5, 0.5);
  append({now.ticks, predicted, rate * bend, current.epoch});
}

// While one of the clocks stood still they tell nothing about each other. What is as odd the next
// time is the rate.
double WallTime::believed(double measured) noexcept {
  const bool odd = std::abs(measured / ns_per_tick_ - 1) > kRateJump;
  if (!odd || rate_was_odd_) ns_per_tick_ = measured;
  rate_was_odd_ = odd && !rate_was_odd_;
  return ns_per_tick_;
}

void WallTime::begin_anew(const Reading& now) {
  const Knot last = knots_.back();
  before_ = Before{last, now.ticks + (last_.ticks - now.ticks) / 2};
  knots_.assign(1, {now.ticks, now.unix_ns, ns_per_tick_, last.epoch + 1});
  last_ = now;
  interval_ns_ = kIntervalFirst;
}

void WallTime::append(const Knot& knot) {
  CERO_ASSERT(knot.ticks > knots_.back().ticks);
  CERO_ASSERT(knot.ns_per_tick > 0);
  if (knots_.size() == kKnotsMax) knots_.erase(knots_.begin(), knots_.begin() + kKnotsMax / 2);
  knots_.push_back(knot);
}

const WallTime::Knot& WallTime::knot_of(uint64_t ticks) const noexcept {
  if (before_ && ticks >= before_->ticks_min) [[unlikely]]
    return before_->knot;
  size_t index = knots_.size() - 1;
  while (index > 0 && knots_[index].ticks > ticks) --index;
  return knots_[index];
}

uint64_t WallTime::on_line(const Knot& knot, uint64_t ticks) noexcept {
  const auto distance = static_cast<int64_t>(ticks - knot.ticks);
  const double ns = static_cast<double>(distance) * knot.ns_per_tick;
  // What std::llround does, without the call.
  return knot.unix_ns + static_cast<uint64_t>(static_cast<int64_t>(ns + std::copysign(0.5, ns)));
}

uint64_t WallTime::to_unix(uint64_t ticks) const noexcept { return on_line(knot_of(ticks), ticks); }

WallTime::Interval WallTime::to_unix(uint64_t start_ticks, uint64_t end_ticks) const noexcept {
  const Knot& end_knot = knot_of(end_ticks);
  const uint64_t end = on_line(end_knot, end_ticks);
  const Knot& start_knot = knot_of(start_ticks);
  if (start_knot.epoch == end_knot.epoch)
    return {std::min(on_line(start_knot, start_ticks), end), end};
  return {end - age_ns(start_ticks, end_ticks), end};
}

uint64_t WallTime::age_ns(uint64_t ticks, uint64_t now_ticks) const noexcept {
  if (now_ticks <= ticks) return 0;
  return static_cast<uint64_t>(static_cast<double>(now_ticks - ticks) * knots_.back().ns_per_tick);
}

}  // namespace cero::core
