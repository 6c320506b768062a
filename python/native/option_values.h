// Values of keyword arguments, read by type. Each throws a TypeError or a ValueError that names the
// argument.
#ifndef CERO_PYTHON_NATIVE_OPTION_VALUES_H_
#define CERO_PYTHON_NATIVE_OPTION_VALUES_H_

#include <algorithm>
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

// Bytes that Python could not decode (os.fsdecode) come out as they were.
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

// An attribute, or what it is without one. What its property raises is raised.
nb::object attribute_or(nb::handle object, const char* name, nb::handle otherwise);

// Beyond the type: the range is what cero would say of it.
template <typename Number>
Number read_number(const std::string& name, nb::handle value, core::Range range) {
  if (!PyLong_Check(value.ptr())) throw_wrong_type(name, "an int", value);
  int overflow = 0;
  const long long number_of_it = PyLong_AsLongLongAndOverflow(value.ptr(), &overflow);
  if (overflow == 0 && std::in_range<Number>(number_of_it)) {
    return static_cast<Number>(number_of_it);
  }
  if (!range.given()) {
    range = {std::numeric_limits<Number>::min(),
             static_cast<int64_t>(std::min<uint64_t>(std::numeric_limits<Number>::max(),
                                                     std::numeric_limits<int64_t>::max()))};
  }
  const std::string number = overflow == 0 ? std::to_string(number_of_it) : "beyond 64 bits";
  throw nb::value_error((name + " is " + number + ": choose from " + std::to_string(range.min) +
                         " to " + std::to_string(range.max))
                            .c_str());
}

// A word, or a member of an enumeration (the SDK's Compression, say) whose value is that word.
template <core::EnumOption T>
T read_word(const std::string& name, nb::handle value) {
  const nb::object member =
      PyUnicode_Check(value.ptr()) ? nb::borrow(value) : attribute_or(value, "value", value);
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
