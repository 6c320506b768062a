// VariableReader: typed values of environment variables [spec 2.9].
//
// An empty variable is an unset one. One that cannot be read as its type, or is out of range, is
// reported to the log handler and treated as unset.
#ifndef CERO_CORE_CONFIG_VARIABLE_READER_H_
#define CERO_CORE_CONFIG_VARIABLE_READER_H_

#include <chrono>
#include <functional>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "cero/options.h"
#include "config/ignoring_case.h"
#include "config/option_row.h"

namespace cero::core {

// The value of a variable; nothing when it is unset.
using Environment = std::function<std::optional<std::string>(std::string_view name)>;

class VariableReader {
 public:
  // Both must outlive the reader. A null handler is told nothing.
  VariableReader(const Environment& environment, const LogHandler& log_handler)
      : environment_(environment), log_handler_(log_handler) {}
  // One that says which option a bad variable does not change.
  VariableReader for_option(std::string name) const {
    VariableReader reader(*this);
    reader.option_ = std::move(name);
    return reader;
  }

  std::optional<std::string> text(std::string_view name) const;
  std::optional<int64_t> integer(std::string_view name, Range range) const;
  // The range is in milliseconds, too.
  std::optional<std::chrono::milliseconds> duration(std::string_view name, Range range) const;
  std::optional<double> ratio(std::string_view name) const;
  // Only "true", in any case, is true.
  bool boolean(std::string_view name) const;

  template <typename T>
  struct Choice {
    std::string_view text;  // in lower case
    T value;
  };
  // One of a few words, in any case.
  template <typename T>
  std::optional<T> choice(std::string_view name, std::span<const Choice<T>> choices) const {
    const std::optional<std::string> word = text(name);
    if (!word) return std::nullopt;
    std::string supported;
    for (const Choice<T>& choice : choices) {
      if (equals_ignoring_case(*word, choice.text)) return choice.value;
      supported.append(supported.empty() ? "" : ", ").append(choice.text);
    }
    ignored(name, *word, "supported are: " + supported);
    return std::nullopt;
  }
  template <typename T>
  std::optional<T> choice(std::string_view name, std::initializer_list<Choice<T>> choices) const {
    return choice(name, std::span<const Choice<T>>(choices.begin(), choices.size()));
  }

  // Reports that a variable does not count; the second form is for values that may be secret.
  void ignored(std::string_view name, std::string_view value, std::string_view reason) const;
  void ignored(std::string_view name, std::string_view reason) const;
  // Reports that a part of a variable does not count: "VARIABLE: entry 2 " and what is said of it.
  void part_ignored(std::string_view name, std::string_view part, std::string_view what) const;

 private:
  std::optional<int64_t> number(std::string_view name, std::string_view what, Range range) const;

  const Environment& environment_;
  const LogHandler& log_handler_;
  std::string option_;
};

}  // namespace cero::core

#endif  // CERO_CORE_CONFIG_VARIABLE_READER_H_
