// What start_as_current_span returns: a context manager, and a decorator that makes a span for each
// call.
#ifndef CERO_PYTHON_NATIVE_CURRENT_SPAN_H_
#define CERO_PYTHON_NATIVE_CURRENT_SPAN_H_

#include "python.h"

namespace cero::python {

class CurrentSpan {
 public:
  // The span starts when the `with` begins, so what it is started with is kept until then.
  struct Plan {
    nb::object tracer;
    nb::object name;
    nb::object context;
    nb::object kind;
    nb::object attributes;
    nb::object links;
    nb::object start_time;
    bool records_exception;
    bool sets_status_on_exception;
    bool ends_on_exit;
  };
  explicit CurrentSpan(Plan plan) : plan_(std::move(plan)) {}

  nb::object enter();
  bool exit(nb::handle exception);
  // A fresh one, for the next call of a decorated function.
  CurrentSpan again() const { return CurrentSpan(plan_); }

 private:
  Plan plan_;
  nb::object span_;
  nb::object token_;
};

void bind_current_span(nb::module_& module);

}  // namespace cero::python

#endif  // CERO_PYTHON_NATIVE_CURRENT_SPAN_H_
