// All that a provider tells its log, in lines.
#ifndef CERO_TESTS_SUPPORT_COLLECTED_LOG_H_
#define CERO_TESTS_SUPPORT_COLLECTED_LOG_H_

#include <mutex>
#include <string>
#include <string_view>

#include "cero/options.h"

namespace cero::test {

class CollectedLog {
 public:
  LogHandler handler() {
    return [this](Severity, std::string_view message) { add(message); };
  }
  void add(std::string_view line) {
    const std::lock_guard lock(mutex_);
    text_.append(line).append("\n");
  }
  std::string text() const {
    const std::lock_guard lock(mutex_);
    return text_;
  }

 private:
  mutable std::mutex mutex_;
  std::string text_;
};

}  // namespace cero::test

#endif  // CERO_TESTS_SUPPORT_COLLECTED_LOG_H_
