// Problems: what is wrong with options, all of it in one error.
#ifndef CERO_CORE_CONFIG_PROBLEMS_H_
#define CERO_CORE_CONFIG_PROBLEMS_H_

#include <chrono>
#include <string>
#include <string_view>

#include "cero/result.h"
#include "config/ranges.h"

namespace cero::core {

inline std::string to_text(std::chrono::milliseconds value) {
  return std::to_string(value.count()) + " ms";
}
inline std::string to_text(std::chrono::seconds value) {
  return std::to_string(value.count()) + " s";
}
template <typename T>
std::string to_text(T value) {
  return std::to_string(value);
}

inline std::string quoted(std::string_view text) { return '"' + std::string(text) + '"'; }

// A line for each: the option's name, its value, and the fix.
class Problems {
 public:
  void add(std::string_view option, std::string_view what) {
    const std::string line = "\n  " + std::string(option) + " " + std::string(what);
    if (lines_.find(line) != std::string::npos) return;  // of several endpoints
    ++count_;
    lines_ += line;
  }

  template <typename T>
  void check(std::string_view option, T value, Range<T> range) {
    if (range.contains(value)) return;
    add(option, "is " + to_text(value) + ": choose from " + to_text(range.min) + " to " +
                    to_text(range.max));
  }

  bool empty() const { return count_ == 0; }
  Error error() const {
    return {ErrorCode::invalid_options,
            (count_ == 1 ? "an option is wrong:" : std::to_string(count_) + " options are wrong:") +
                lines_};
  }

 private:
  int count_ = 0;
  std::string lines_;
};

}  // namespace cero::core

#endif  // CERO_CORE_CONFIG_PROBLEMS_H_
