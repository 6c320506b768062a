// What opentelemetry.trace.Tracer is natively.
#ifndef CERO_PYTHON_NATIVE_TRACER_H_
#define CERO_PYTHON_NATIVE_TRACER_H_

#include "cero/tracer.h"
#include "python.h"

namespace cero::python {

// Arguments of start_span as the API has them, borrowed.
struct StartArguments {
  nb::handle name;
  nb::handle context;
  nb::handle kind;
  nb::handle attributes;
  nb::handle links;
  nb::handle start_time;
  bool records_exception;
  bool sets_status_on_exception;
};

// One instrumentation scope of one provider. Spans keep their tracer.
class PyTracer {
 public:
  // `processors` is the provider's list of Python processors, which may grow.
  PyTracer(Tracer tracer, nb::object scope, nb::object resource, nb::object processors)
      : tracer_(tracer),
        scope_(std::move(scope)),
        resource_(std::move(resource)),
        processors_(std::move(processors)) {}

  // A new Span object.
  static nb::object start(nb::handle self, const StartArguments& arguments);

  const nb::object& scope() const { return scope_; }
  // A callable: the provider may be gone.
  nb::object resource() const { return resource_(); }
  const nb::object& processors() const { return processors_; }
  bool has_processors() const { return PyList_GET_SIZE(processors_.ptr()) != 0; }

 private:
  Tracer tracer_;
  nb::object scope_;
  nb::object resource_;
  nb::object processors_;
};

// Of an opentelemetry.trace.SpanKind; of anything else, internal.
SpanKind kind_of(nb::handle kind) noexcept;

void bind_tracer(nb::module_& module);

}  // namespace cero::python

#endif  // CERO_PYTHON_NATIVE_TRACER_H_
