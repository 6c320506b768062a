#include "config/wording.h"

#include <cstdio>

namespace cero::core {

void Wording::set_by(std::string_view variable, const OptionRow& option, std::string_view part) {
  variables_[std::string(option.name).append(part)] = variable;
}

std::string_view Wording::variable_of(const OptionRow& option, std::string_view part) const {
  const auto found = variables_.find(std::string(option.name).append(part));
  return found == variables_.end() ? std::string_view() : found->second;
}

std::string_view Wording::written(OptionName option) const {
  const auto found = written_.find(option.row().name);
  return found == written_.end() ? std::string_view() : found->second;
}

std::string Wording::name(const OptionRow& option, std::string_view part,
                          std::string_view set_as) const {
  const bool has_keyword = interface_ == Interface::python && !option.python.empty();
  std::string name(has_keyword ? option.python : option.name);
  name += part;
  std::string_view variable = variable_of(option, set_as);
  if (variable.empty()) variable = variable_of(option, {});
  return variable.empty() ? name : std::string(variable).append(" (").append(name).append(")");
}

// Python counts in seconds; variables, as C++ does, in milliseconds.
std::string Wording::value(const OptionRow& option, std::chrono::milliseconds value) const {
  if (interface_ == Interface::cpp || !variable_of(option, {}).empty()) {
    return std::to_string(value.count()) + " ms";
  }
  char text[32];
  std::snprintf(text, sizeof text, "%.15g s", static_cast<double>(value.count()) / 1e3);
  return text;
}

}  // namespace cero::core
