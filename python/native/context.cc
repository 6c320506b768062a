#include "context.h"

#include "api.h"

namespace cero::python {

nb::object current_context() {
  if (!api().context_var.is_valid()) return api().context_module.attr("get_current")();
  PyObject* value = nullptr;
  if (PyContextVar_Get(api().context_var.ptr(), nullptr, &value) != 0) throw nb::python_error();
  return value == nullptr ? api().context_class() : nb::steal(value);
}

nb::object span_of(nb::handle context) {
  if (PyDict_Check(context.ptr())) {
    PyObject* span = PyDict_GetItemWithError(context.ptr(), api().span_key.ptr());
    if (span == nullptr && PyErr_Occurred() != nullptr) throw nb::python_error();
    return span == nullptr ? nb::none() : nb::borrow(span);
  }
  return context.attr("get")(api().span_key);
}

nb::object current_context_with(nb::handle span) {
  // A Context is a dict whose own __setitem__ refuses; this one is still ours alone.
  nb::object context = api().context_class(current_context());
  if (PyDict_SetItem(context.ptr(), api().span_key.ptr(), span.ptr()) != 0)
    throw nb::python_error();
  return context;
}

nb::object attach(nb::handle context) {
  if (!api().context_var.is_valid()) return api().context_module.attr("attach")(context);
  nb::object token = nb::steal(PyContextVar_Set(api().context_var.ptr(), context.ptr()));
  if (!token.is_valid()) throw nb::python_error();
  return token;
}

void detach(nb::handle token) {
  if (api().context_var.is_valid()) {
    if (PyContextVar_Reset(api().context_var.ptr(), token.ptr()) == 0) return;
    PyErr_Clear();  // the API meets the same error, and logs it
  }
  api().context_module.attr("detach")(token);
}

}  // namespace cero::python
