// LogRelay: takes what cero's threads say to Python's `logging`.
//
// Those threads never take the GIL. They leave a message here and ask the interpreter to run
// deliver() in its main thread, which it does at its next opportunity; a flush, a shutdown and
// stats() deliver as well. One for the process.
//
// Threads: push() any; the rest with the GIL.
#ifndef CERO_PYTHON_NATIVE_LOG_RELAY_H_
#define CERO_PYTHON_NATIVE_LOG_RELAY_H_

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "cero/options.h"

namespace cero::python {

class LogRelay {
 public:
  static LogRelay& instance();

  void push(Severity severity, std::string_view message) noexcept;
  void deliver() noexcept;
  // The interpreter is about to end: nothing may be asked of it any more.
  void close() noexcept;

 private:
  static constexpr size_t kMessagesMax = 64;
  struct Message {
    Severity severity;
    std::string text;
  };

  LogRelay();

  std::mutex mutex_;  // held across fork(), so that a child finds it free
  std::vector<Message> messages_;
  uint64_t left_out_ = 0;
  bool closed_ = false;
};

}  // namespace cero::python

#endif  // CERO_PYTHON_NATIVE_LOG_RELAY_H_
