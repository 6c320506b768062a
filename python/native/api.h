// What the extension uses of the OpenTelemetry API for Python, looked up once.
//
// Spans find their parents in the API's context, which by default is one variable of contextvars.
// It is read and set without a call into Python; with another OTEL_PYTHON_CONTEXT, `context_var`
// is null and the API's functions are called.
#ifndef CERO_PYTHON_NATIVE_API_H_
#define CERO_PYTHON_NATIVE_API_H_

#include <array>
#include <string>

#include "python.h"

namespace cero::python {

struct Api {
  // opentelemetry.context
  nb::object context_module;
  nb::object context_class;
  nb::object context_var;
  nb::object span_key;  // under which a context holds its span
  // opentelemetry.trace
  nb::object span_class;
  nb::object span_context_class;
  nb::object link_class;
  nb::object trace_state_class;
  std::array<nb::object, 4> trace_flags;  // by value
  std::array<nb::object, 5> kinds;        // as OTLP's, less 1
  nb::object status_class;
  std::array<nb::object, 3> status_codes;  // as OTLP's
  // collections.abc
  nb::object mapping_class;
  nb::object sequence_class;
  bool is_mapping(nb::handle value) const { return nb::isinstance(value, mapping_class); }
  bool is_sequence(nb::handle value) const { return nb::isinstance(value, sequence_class); }
  // cero's own Python
  nb::object helpers;
  nb::object log;  // Logger.log of "cero"
};

// Made when the module is imported, never destroyed: spans may outlive every module.
const Api& api();
void load_api();

// By `logging`, from a thread that holds the GIL. An error in a handler is printed, not raised.
enum class LogLevel : int { debug = 10, info = 20, warning = 30, error = 40 };
void log(LogLevel level, const std::string& message) noexcept;

}  // namespace cero::python

#endif  // CERO_PYTHON_NATIVE_API_H_
