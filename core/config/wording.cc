#include "config/wording.h"

#include <algorithm>
#include <cstdio>

namespace cero::core {
namespace {

bool is_in_option_names(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.';
}

// nullptr: none is called so. What has neither dot nor underscore, as "resource", is a plain word.
const OptionRow* option_called(std::string_view word) {
  if (word.find_first_of("._") == std::string_view::npos) return nullptr;
  for (const OptionRow& option : kOptions) {
    if (word == option.name) return &option;
    const size_t dot = option.name.rfind('.');
    if (dot != std::string_view::npos && word == option.name.substr(dot + 1)) return &option;
  }
  return nullptr;
}

}  // namespace

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

std::string Wording::in_text(std::string_view text) const {
  std::string reworded;
  while (!text.empty()) {
    const auto begin = std::find_if(text.begin(), text.end(), is_in_option_names);
    auto end = std::find_if_not(begin, text.end(), is_in_option_names);
    while (end != begin && end[-1] == '.') --end;  // of the sentence
    const std::string_view word(begin, end);
    reworded.append(text.begin(), begin);
    const OptionRow* option = option_called(word);
    if (option == nullptr) {
      reworded += word;
    } else {
      const std::string name = this->name(*option);
      reworded += name == option->name ? std::string(word) : name;
    }
    if (begin == end && end != text.end()) reworded += *end++;
    text = std::string_view(end, text.end());
  }
  return reworded;
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
