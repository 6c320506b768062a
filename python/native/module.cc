// cero._native: the part of the Python package that runs for each span.
#include "api.h"
#include "bridge.h"
#include "cero/version.h"
#include "current_span.h"
#include "ledger.h"
#include "log_relay.h"
#include "options.h"
#include "provider.h"
#include "python.h"
#include "span.h"
#include "tracer.h"

#ifdef Py_GIL_DISABLED
#error "cero needs the GIL, which this free-threaded Python lacks: use the ordinary build of it"
#endif

namespace nb = nanobind;

// Spans, tracers and what was taken from the API are the process's, not an interpreter's.
static void refuse_subinterpreters() {
  if (PyInterpreterState_Get() == PyInterpreterState_Main()) return;
  throw nb::import_error(
      "cero cannot be used in a subinterpreter: import it in the main one (mod_wsgi: "
      "WSGIApplicationGroup %{GLOBAL}; uWSGI: single-interpreter = true)");
}

NB_MODULE(_native, module) {
  refuse_subinterpreters();
  nb::set_leak_warnings(false);  // a span may be current when the interpreter ends
  cero::python::load_api();
  module.attr("__version__") = CERO_VERSION;
  cero::python::bind_options(module);
  cero::python::bind_tracer(module);
  cero::python::bind_span(module);
  cero::python::bind_current_span(module);
  cero::python::bind_provider(module);
  cero::python::bind_ledger(module);
  cero::python::bind_bridge(module);
  module.def("close_log", [] { cero::python::LogRelay::instance().close(); });
}
