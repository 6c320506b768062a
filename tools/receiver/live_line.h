// The line of --count: rewritten in place on a terminal, one line a second elsewhere.
#ifndef CERO_TOOLS_RECEIVER_LIVE_LINE_H_
#define CERO_TOOLS_RECEIVER_LIVE_LINE_H_

#include <chrono>
#include <cstdint>

#include "receiver/counts.h"

namespace cero::receiver {

class LiveLine {
 public:
  LiveLine();

  // How long to wait between two calls of show().
  std::chrono::milliseconds interval() const;
  void show(const Counts& counts);
  // Leaves the cursor below the line.
  void end() const;

 private:
  using Clock = std::chrono::steady_clock;

  const bool is_terminal_;
  Clock::time_point shown_at_ = Clock::now();
  uint64_t spans_shown_ = 0;
};

}  // namespace cero::receiver

#endif  // CERO_TOOLS_RECEIVER_LIVE_LINE_H_
