#include "current_span.h"

#include <stdexcept>
#include <utility>

#include "api.h"
#include "context.h"
#include "span.h"
#include "tracer.h"

namespace cero::python {

using namespace nb::literals;

nb::object CurrentSpan::enter() {
  if (span_.is_valid())
    throw std::runtime_error("start_as_current_span: one `with` for each call of it");
  span_ = PyTracer::start(
      plan_.tracer, {plan_.name, plan_.context, plan_.kind, plan_.attributes, plan_.links,
                     plan_.start_time, plan_.records_exception, plan_.sets_status_on_exception});
  token_ = attach(current_context_with(span_));
  return span_;
}

bool CurrentSpan::exit(nb::handle exception) {
  if (!token_.is_valid())
    throw std::runtime_error("start_as_current_span: __exit__ without __enter__");
  detach(std::exchange(token_, nb::object()));
  // What is no Exception (GeneratorExit, say) is no error, as in the API's use_span.
  if (PyObject_IsInstance(exception.ptr(), PyExc_Exception) == 1) {
    note_exception(span_, exception, {plan_.records_exception, plan_.sets_status_on_exception},
                   false);
  }
  if (plan_.ends_on_exit) end_span(span_, nb::none());
  return false;
}

void bind_current_span(nb::module_& module) {
  nb::class_<CurrentSpan>(module, "CurrentSpan", nb::is_final())
      .def("__enter__", &CurrentSpan::enter)
      .def(
          "__exit__",
          [](CurrentSpan& self, nb::handle, nb::handle exception, nb::handle) {
            return self.exit(exception);
          },
          "exc_type"_a.none(), "exc_val"_a.none(), "exc_tb"_a.none())
      .def(
          "__call__",
          [](nb::handle self, nb::handle function) {
            return api().helpers.attr("decorate")(self, function);
          },
          "function"_a)
      .def("_again", &CurrentSpan::again);
}

}  // namespace cero::python
