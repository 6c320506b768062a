#include "compress/level_policy.h"

#include <limits>

namespace cero::core {
namespace {

constexpr std::chrono::milliseconds kWindow{200};
constexpr int kWindowsOver = 3;
constexpr int kWindowsUnder = 4;
constexpr int kTakesHeldUp = 2;

// Shares of the thread's time.
struct Limits {
  double over;
  double under;
};

// Of the time of a 2.6 GHz core, with spans of 5 attributes: idle reaches to some 10,000 spans/s,
// where the smallest bodies cost nobody anything he would miss, normal to some 40,000. From there
// on a third of the time for 3 % more bytes is the better trade. Only the fast way leads to
// overrun: what is full is not the thread's time alone.
Limits limits_of(Load load) {
  constexpr double kNever = std::numeric_limits<double>::infinity();
  switch (load) {
    case Load::idle:
      return {.over = 0.012, .under = -kNever};
    case Load::normal:
      return {.over = 0.025, .under = 0.004};
    case Load::busy:
      return {.over = kNever, .under = 0.005};
    case Load::overrun:
      return {.over = kNever, .under = 0.15};
  }
  return {.over = kNever, .under = -kNever};
}

}  // namespace

LevelPolicy::LevelPolicy(TimePoint now, bool has_fast_engine)
    : has_fast_engine_(has_fast_engine), window_began_(now) {}

void LevelPolicy::waited(std::chrono::nanoseconds time) {
  waited_ += time;
  takes_held_up_ = 0;
}

Load LevelPolicy::took_body(TimePoint now, bool none_free) {
  takes_held_up_ = none_free ? takes_held_up_ + 1 : 0;
  const auto elapsed = now - window_began_;
  if (takes_held_up_ == kTakesHeldUp) {
    step_right();
    begin_window(now);
  } else if (elapsed >= kWindow) {
    judge(1 - std::chrono::duration<double>(waited_) / std::chrono::duration<double>(elapsed));
    begin_window(now);
  }
  return load_;
}

void LevelPolicy::judge(double busy_share) {
  const Limits limits = limits_of(load_);
  windows_over_ = busy_share > limits.over ? windows_over_ + 1 : 0;
  windows_under_ = busy_share < limits.under ? windows_under_ + 1 : 0;
  const bool may_step_right = load_ != Load::normal || has_fast_engine_;
  if (windows_over_ == kWindowsOver && may_step_right) step_right();
  if (windows_under_ == kWindowsUnder) step_left();
}

void LevelPolicy::begin_window(TimePoint now) {
  window_began_ = now;
  waited_ = {};
}

void LevelPolicy::step_right() {
  windows_over_ = windows_under_ = takes_held_up_ = 0;
  switch (load_) {
    case Load::idle:
      load_ = Load::normal;
      return;
    case Load::normal:
      load_ = has_fast_engine_ ? Load::busy : Load::overrun;
      return;
    case Load::busy:
    case Load::overrun:
      load_ = Load::overrun;
      return;
  }
}

void LevelPolicy::step_left() {
  windows_over_ = windows_under_ = 0;
  switch (load_) {
    case Load::idle:
    case Load::normal:
      load_ = Load::idle;
      return;
    case Load::busy:
      load_ = Load::normal;
      return;
    case Load::overrun:
      load_ = has_fast_engine_ ? Load::busy : Load::normal;
      return;
  }
}

}  // namespace cero::core
