// LevelPolicy: how hard gzip works on the next body, by what the export thread has left of its
// time.
//
//   idle <──> normal <──> busy <──> overrun         (busy only with an engine for it)
//
// Inputs: the time the thread waited for something to do, and whether cero-batch may be held up for
//         want of a free body. Busy is the opposite of waiting, on the wall clock: a thread that
//         gets no CPU is as late as one that computes, and one that waits for a slow backend is
//         not.
// Slow way: the busy share of a fifth of a second and more. Three windows over a limit are a step
// to the
//         right, four under one a step to the left. A step changes the share itself (a body costs
//         about 2, 1, 1/3 and 1/10), so each limit to the left lies well below what the step back
//         would make of it: a constant load comes to rest.
// Fast way: when all bodies were full at two takes in a row, and the thread has not waited in
//         between, it is the bottleneck: a step to the right at once.
#ifndef CERO_CORE_COMPRESS_LEVEL_POLICY_H_
#define CERO_CORE_COMPRESS_LEVEL_POLICY_H_

#include <chrono>

#include "base/clock.h"

namespace cero::core {

enum class Load {
  idle,     // time to spare: the smallest bodies
  normal,   // the usual trade
  busy,     // compression takes a good part of a core: the fast engine
  overrun,  // spans would be dropped: no compression at all
};

class LevelPolicy {
 public:
  LevelPolicy(TimePoint now, bool has_fast_engine);

  // The thread had nothing to do for so long.
  void waited(std::chrono::nanoseconds time);

  // The thread has taken a body; `none_free`: there was no other to be filled.
  Load took_body(TimePoint now, bool none_free);

  Load load() const { return load_; }

 private:
  void judge(double busy_share);
  void begin_window(TimePoint now);
  void step_right();
  void step_left();

  const bool has_fast_engine_;
  Load load_ = Load::normal;
  TimePoint window_began_;
  std::chrono::nanoseconds waited_{0};  // in this window
  int windows_over_ = 0;                // in a row
  int windows_under_ = 0;
  int takes_held_up_ = 0;
};

}  // namespace cero::core

#endif  // CERO_CORE_COMPRESS_LEVEL_POLICY_H_
