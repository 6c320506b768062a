// The API's context, in which the current span is: see api.h.
#ifndef CERO_PYTHON_NATIVE_CONTEXT_H_
#define CERO_PYTHON_NATIVE_CONTEXT_H_

#include "python.h"

namespace cero::python {

nb::object current_context();
// The span of a context; None: there is none in it.
nb::object span_of(nb::handle context);
// A copy of the current context, with this span in it.
nb::object current_context_with(nb::handle span);
// Makes a context current and returns what restores the one before it.
nb::object attach(nb::handle context);
// What cannot be restored (on another thread, say) is logged, as by the API.
void detach(nb::handle token);

}  // namespace cero::python

#endif  // CERO_PYTHON_NATIVE_CONTEXT_H_
