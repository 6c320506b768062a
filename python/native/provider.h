// What cero.TracerProvider keeps natively: one pipeline, and what its tracers share.
#ifndef CERO_PYTHON_NATIVE_PROVIDER_H_
#define CERO_PYTHON_NATIVE_PROVIDER_H_

#include "cero/tracer_provider.h"
#include "python.h"

namespace cero::python {

class Provider {
 public:
  explicit Provider(TracerProvider provider) : provider_(std::move(provider)) {}
  Provider(Provider&&) = default;
  // Flushes and shuts down, if that has not been done, without the GIL.
  ~Provider();

  // ValueError: what is wrong with the options.
  static void check(nb::dict arguments);
  static Provider create(nb::dict arguments, bool from_environment);

  Tracer tracer(nb::handle name, nb::handle version, nb::handle schema_url, nb::handle attributes);
  // Without the GIL. False: the deadline passed, or not all was delivered.
  bool force_flush(int64_t timeout_ms);
  bool shutdown(int64_t timeout_ms);
  nb::dict stats() const;

 private:
  TracerProvider provider_;
};

void bind_provider(nb::module_& module);

}  // namespace cero::python

#endif  // CERO_PYTHON_NATIVE_PROVIDER_H_
