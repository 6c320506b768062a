// Values of keyword arguments, read by type. Each throws a TypeError or a ValueError that names the
// argument.
#ifndef CERO_PYTHON_NATIVE_OPTION_VALUES_H_
#define CERO_PYTHON_NATIVE_OPTION_VALUES_H_

#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cero/options.h"
#include "config/option_row.h"
#include "python.h"

namespace cero::python {

[[noreturn]] void throw_wrong_type(const std::string& name, const char* wanted, nb::handle value);

std::string read_text(const std::string& name, nb::handle value);
bool read_bool(const std::string& name, nb::handle value);
std::chrono::milliseconds read_seconds(const std::string& name, nb::handle value);
// A mapping of str to str, or to None where an environment variable is not set.
std::vector<Header> read_headers(const std::string& name, nb::handle value);
// A sequence of URLs, or of cero.Endpoint's where they need headers.
std::vector<Endpoint> read_endpoints(const std::string& name, nb::handle value);
// A mapping of attributes.
std::vector<OwnedAttribute> read_resource(nb::handle attributes);
// A callable, which each thread calls with the GIL. An exception in it is reported as one that
// cannot be raised.
ThreadStartHook read_thread_start_hook(const std::string& name, nb::handle value);

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

// A word, or a member of an enumeration (the SDK's Compression, say) whose value is that word.
template <core::EnumOption T>
T read_word(const std::string& name, nb::handle value) {
  const nb::object member =
      PyUnicode_Check(value.ptr()) ? nb::borrow(value) : nb::getattr(value, "value", value);
  if (!PyUnicode_Check(member.ptr())) throw_wrong_type(name, "a str", value);
  const std::string word = read_text(name, member);
  std::string words;
  for (const auto& choice : core::OptionWords<T>::kWords) {
    if (word == choice.text) return choice.value;
    words.append(words.empty() ? "" : ", ").append(choice.text);
  }
  throw nb::value_error((name + " is '" + word + "': choose one of " + words).c_str());
}

}  // namespace cero::python

#endif  // CERO_PYTHON_NATIVE_OPTION_VALUES_H_
