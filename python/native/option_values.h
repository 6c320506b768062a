// Values of keyword arguments, read by type. Each throws a TypeError or a ValueError that names the
// argument.
#ifndef CERO_PYTHON_NATIVE_OPTION_VALUES_H_
#define CERO_PYTHON_NATIVE_OPTION_VALUES_H_

#include <initializer_list>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cero/options.h"
#include "python.h"

namespace cero::python {

[[noreturn]] void throw_wrong_type(const std::string& name, const char* wanted, nb::handle value);

std::string read_text(const std::string& name, nb::handle value);
std::chrono::milliseconds read_seconds(const std::string& name, nb::handle value);
// A mapping of str to str, or to None where an environment variable is not set.
std::vector<Header> read_headers(const std::string& name, nb::handle value);
// A mapping of attributes.
std::vector<OwnedAttribute> read_resource(nb::handle attributes);

template <typename Number>
Number read_number(const std::string& name, nb::handle value) {
  if (!PyLong_Check(value.ptr())) throw_wrong_type(name, "an int", value);
  int overflow = 0;
  const long long number = PyLong_AsLongLongAndOverflow(value.ptr(), &overflow);
  if (overflow == 0 && std::in_range<Number>(number)) return static_cast<Number>(number);
  throw nb::value_error((name + " is " + nb::repr(value).c_str() + ": choose from " +
                         std::to_string(std::numeric_limits<Number>::min()) + " to " +
                         std::to_string(std::numeric_limits<Number>::max()))
                            .c_str());
}

template <typename Choice>
Choice read_choice(const std::string& name, nb::handle value,
                   std::initializer_list<std::pair<std::string_view, Choice>> choices) {
  const std::string word = read_text(name, value);
  std::string words;
  for (const auto& [text, choice] : choices) {
    if (word == text) return choice;
    words.append(words.empty() ? "" : ", ").append(text);
  }
  throw nb::value_error((name + " is '" + word + "': choose one of " + words).c_str());
}

}  // namespace cero::python

#endif  // CERO_PYTHON_NATIVE_OPTION_VALUES_H_
