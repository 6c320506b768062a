// SIGINT and SIGTERM, taken by waiting for them instead of in a handler.
#ifndef CERO_TOOLS_LOADGEN_STOP_SIGNAL_H_
#define CERO_TOOLS_LOADGEN_STOP_SIGNAL_H_

#include <chrono>

namespace cero::loadgen {

// Make it before any thread, so that all of them inherit the blocked signals.
class StopSignal {
 public:
  StopSignal();

  // Whether one has come by the end of this time. Further ones change nothing: what follows the
  // first is bounded, and timeout(1) sends two.
  bool wait_for(std::chrono::nanoseconds time);

 private:
  bool came_ = false;
};

}  // namespace cero::loadgen

#endif  // CERO_TOOLS_LOADGEN_STOP_SIGNAL_H_
