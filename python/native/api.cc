#include "api.h"

#include <ctime>

namespace cero::python {
namespace {

Api* instance = nullptr;

}  // namespace

const Api& api() { return *instance; }

void load_api() {
  auto* made = new Api;
  made->context_module = nb::module_::import_("opentelemetry.context");
  made->context_class = nb::module_::import_("opentelemetry.context.context").attr("Context");
  const nb::object runtime = nb::getattr(made->context_module, "_RUNTIME_CONTEXT", nb::none());
  const nb::object variable = nb::getattr(runtime, "_current_context", nb::none());
  if (PyContextVar_CheckExact(variable.ptr())) made->context_var = variable;
  made->span_key = nb::module_::import_("opentelemetry.trace.propagation").attr("_SPAN_KEY");

  const nb::module_ trace = nb::module_::import_("opentelemetry.trace");
  made->span_class = trace.attr("Span");
  made->span_context_class = trace.attr("SpanContext");
  made->link_class = trace.attr("Link");
  made->trace_state_class = trace.attr("TraceState");
  for (size_t i = 0; i < made->trace_flags.size(); ++i)
    made->trace_flags[i] = trace.attr("TraceFlags")(i);
  constexpr std::array<const char*, 5> kKinds = {"INTERNAL", "SERVER", "CLIENT", "PRODUCER",
                                                 "CONSUMER"};
  for (size_t i = 0; i < kKinds.size(); ++i)
    made->kinds[i] = trace.attr("SpanKind").attr(kKinds[i]);
  made->status_class = trace.attr("Status");
  constexpr std::array<const char*, 3> kCodes = {"UNSET", "OK", "ERROR"};
  for (size_t i = 0; i < kCodes.size(); ++i)
    made->status_codes[i] = trace.attr("StatusCode").attr(kCodes[i]);

  const nb::module_ abc = nb::module_::import_("collections.abc");
  made->mapping_class = abc.attr("Mapping");
  made->sequence_class = abc.attr("Sequence");
  made->helpers = nb::module_::import_("cero._helpers");
  made->log = nb::module_::import_("logging").attr("getLogger")("cero").attr("log");
  instance = made;
}

void log(LogLevel level, const std::string& message) noexcept {
  try {
    // "%s": a message may hold percent signs of its own.
    api().log(static_cast<int>(level), "%s",
              nb::bytes(message.data(), message.size()).attr("decode")("utf-8", "replace"));
  } catch (nb::python_error& error) {
    error.restore();
    PyErr_WriteUnraisable(api().log.ptr());
  }
}

Timestamp time_or_now(nb::handle unix_ns) {
  if (!unix_ns.is_none()) {
    const long long value = PyLong_AsLongLong(unix_ns.ptr());
    if (value == -1 && PyErr_Occurred() != nullptr) throw nb::python_error();
    return to_timestamp(value);
  }
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  return to_timestamp(int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec);
}

}  // namespace cero::python
