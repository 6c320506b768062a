// Wording: what texts for users call an option, and how they write its value: in the words of what
// set it, which is C++, Python or an environment variable.
#ifndef CERO_CORE_CONFIG_WORDING_H_
#define CERO_CORE_CONFIG_WORDING_H_

#include <chrono>
#include <concepts>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "config/option_table.h"

namespace cero::core {

inline std::string in_quotes(std::string_view text) { return '"' + std::string(text) + '"'; }

enum class Interface { cpp, python };

class Wording {
 public:
  explicit Wording(Interface interface = Interface::cpp) : interface_(interface) {}

  // A variable has set the option, or the part of it that is called `name` and `part`, as
  // "[1].url".
  void set_by(std::string_view variable, OptionName option, std::string_view part = {}) {
    set_by(variable, option.row(), part);
  }
  void set_by(std::string_view variable, const OptionRow& option, std::string_view part = {});
  // The variable's text, of which the option's value was made.
  void set_by(std::string_view variable, OptionName option, std::string_view part,
              std::string text) {
    set_by(variable, option, part);
    written_[std::string(option.row().name)] = std::move(text);
  }
  // Empty: the option's own value is what was written.
  std::string_view written(OptionName option) const;
  bool is_set_by_variable(OptionName option) const { return is_set_by_variable(option.row()); }
  bool is_set_by_variable(const OptionRow& option) const {
    return !variable_of(option, {}).empty();
  }

  // The variable that has set it; empty: none has.
  std::string_view variable_of(OptionName option) const { return variable_of(option.row(), {}); }

  // "exporter.timeout", "timeout" in Python, or "OTEL_EXPORTER_OTLP_TIMEOUT (exporter.timeout)".
  std::string name(OptionName option, std::string_view part = {}) const {
    return name(option.row(), part);
  }
  std::string name(const OptionRow& option, std::string_view part = {}) const {
    return name(option, part, part);
  }
  // `set_as` is the part by the name that set_by() has for it.
  std::string name(const OptionRow& option, std::string_view part, std::string_view set_as) const;

  // A text in which options have their names in C++, with or without what stands before their last
  // dot: with the names that name() has for them.
  std::string in_text(std::string_view text) const;

  // As what set the option writes such a value.
  template <std::integral T>
  std::string value(const OptionRow&, T value) const {
    return std::to_string(value);
  }
  std::string value(const OptionRow& option, std::chrono::milliseconds value) const;
  std::string value(const OptionRow&, std::chrono::seconds value) const {
    return std::to_string(value.count()) + " s";
  }
  template <EnumOption T>
  std::string value(const OptionRow& option, T value) const {
    const bool as_text = interface_ == Interface::python || !variable_of(option, {}).empty();
    for (const OptionWord<T>& word : OptionWords<T>::kWords) {
      if (word.value == value) return std::string(as_text ? word.text : word.cpp);
    }
    return "none of its values";
  }
  template <typename T>
  std::string value(OptionName option, T value) const {
    return this->value(option.row(), value);
  }

 private:
  // Empty: none.
  std::string_view variable_of(const OptionRow& option, std::string_view part) const;

  Interface interface_;
  using Texts = std::map<std::string, std::string, std::less<>>;
  Texts variables_;  // by name and part
  Texts written_;    // by name
};

}  // namespace cero::core

#endif  // CERO_CORE_CONFIG_WORDING_H_
