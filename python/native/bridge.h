// Bridge: ended spans of the OpenTelemetry SDK into a pipeline of cero's.
#ifndef CERO_PYTHON_NATIVE_BRIDGE_H_
#define CERO_PYTHON_NATIVE_BRIDGE_H_

#include <array>

#include "cero/tracer.h"
#include "provider.h"
#include "python.h"

namespace cero::python {

// One Provider's; its sampler must be always_on, since the SDK has sampled already.
class Bridge {
 public:
  explicit Bridge(nb::object provider) : provider_(std::move(provider)) {}

  // Records and ends a copy of an opentelemetry.sdk.trace.ReadableSpan. What its attributes raise
  // goes through.
  void add(nb::handle span);

 private:
  // A scope object of the SDK stands for one tracer; its tracers share few of them.
  struct Known {
    nb::object scope;
    Tracer tracer;
  };
  static constexpr size_t kKnownMax = 16;

  Tracer tracer_of(nb::object scope);

  nb::object provider_;
  std::array<Known, kKnownMax> known_;
  size_t next_ = 0;
};

void bind_bridge(nb::module_& module);

}  // namespace cero::python

#endif  // CERO_PYTHON_NATIVE_BRIDGE_H_
