// Problems: what is wrong with options, all of it in one error.
#ifndef CERO_CORE_CONFIG_PROBLEMS_H_
#define CERO_CORE_CONFIG_PROBLEMS_H_

#include <string>
#include <string_view>

#include "cero/result.h"
#include "config/wording.h"

namespace cero::core {

// A line for each: the option's name, its value, and the fix.
class Problems {
 public:
  // Must outlive this.
  explicit Problems(const Wording& wording) : wording_(wording) {}

  void add(OptionName option, std::string_view what) { add_named(wording_.name(option), what); }
  // For a part of an option, as in Wording.
  void add(OptionName option, std::string_view part, std::string_view what) {
    add_named(wording_.name(option, part), what);
  }

  // `set_as`: the part by the name under which a variable may have set it.
  void add(OptionName option, std::string_view part, std::string_view set_as,
           std::string_view what) {
    add_named(wording_.name(option.row(), part, set_as), what);
  }

  // The value is one that the range allows; both in the unit of the option's type.
  template <typename T>
  void check(const OptionRow& option, T value, Range range) {
    if constexpr (requires { value.count(); }) {
      if (range.contains(value.count())) return;
      add_range(option, value, T(range.min), T(range.max));
    } else {
      if (range.contains(value)) return;
      add_range(option, value, range.min, range.max);
    }
  }

  // The value is one that its enumeration has.
  template <EnumOption T>
  void check_word(const OptionRow& option, T value) {
    std::string words;
    for (const OptionWord<T>& word : OptionWords<T>::kWords) {
      if (word.value == value) return;
      words += (words.empty() ? "" : ", ") + wording_.value(option, word.value);
    }
    add_named(wording_.name(option), "is none of its values: choose one of " + words);
  }

  const Wording& wording() const noexcept { return wording_; }
  bool empty() const { return count_ == 0; }
  Error error() const {
    return {ErrorCode::invalid_options,
            (count_ == 1 ? "an option is wrong:" : std::to_string(count_) + " options are wrong:") +
                lines_};
  }

 private:
  void add_named(std::string_view name, std::string_view what) {
    const std::string line = "\n  " + std::string(name) + " " + std::string(what);
    if (lines_.find(line) != std::string::npos) return;  // of several endpoints
    ++count_;
    lines_ += line;
  }
  template <typename T, typename Bound>
  void add_range(const OptionRow& option, T value, Bound min, Bound max) {
    add_named(wording_.name(option), "is " + wording_.value(option, value) + ": choose from " +
                                         wording_.value(option, min) + " to " +
                                         wording_.value(option, max));
  }

  const Wording& wording_;
  int count_ = 0;
  std::string lines_;
};

}  // namespace cero::core

#endif  // CERO_CORE_CONFIG_PROBLEMS_H_
