// ChildProcess: a program that was started here and ends, at the latest, with this object.
#ifndef CERO_EXAMPLES_SHOP_DEMO_CHILD_PROCESS_H_
#define CERO_EXAMPLES_SHOP_DEMO_CHILD_PROCESS_H_

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "loadgen/stop_signal.h"

namespace shop::demo {

// The user pressed Ctrl-C.
struct Interrupted {};

class ChildProcess {
 public:
  using Clock = std::chrono::steady_clock;

  // `environment` replaces this process's. Throws std::runtime_error.
  ChildProcess(const std::string& program, const std::vector<std::string>& arguments,
               const std::vector<std::string>& environment);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  // The next line of its standard output; nothing when that has ended or time is over. Throws
  // Interrupted.
  std::optional<std::string> read_line(std::chrono::milliseconds timeout,
                                       cero::loadgen::StopSignal& stop_signal);
  void terminate() const;
  // Its exit status, 128 + signal if one ended it; it is killed when time is over.
  int wait(std::chrono::milliseconds timeout);

 private:
  bool read_more(std::chrono::milliseconds timeout);

  pid_t pid_ = -1;
  int output_ = -1;
  std::string read_;  // and not yet returned
  bool output_ended_ = false;
};

}  // namespace shop::demo

#endif  // CERO_EXAMPLES_SHOP_DEMO_CHILD_PROCESS_H_
