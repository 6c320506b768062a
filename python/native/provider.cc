#include "provider.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "api.h"
#include "attribute_reader.h"
#include "config/environment.h"
#include "config/valid_options.h"
#include "ledger.h"
#include "log_relay.h"
#include "options.h"
#include "provider_access.h"
#include "tracer.h"

namespace cero::python {
namespace {

using namespace nb::literals;

// Beyond the range of a clock a deadline would wrap.
std::chrono::milliseconds to_deadline(int64_t timeout_ms) {
  constexpr int64_t kDayMs = 24 * 3600 * 1000;
  return std::chrono::milliseconds(std::clamp(timeout_ms, int64_t{0}, kDayMs));
}

[[noreturn]] void throw_error(const Error& error) {
  // A user's own text may hold anything.
  const std::string& message = error.message();
  const nb::object text = nb::steal(PyUnicode_DecodeUTF8(
      message.data(), static_cast<Py_ssize_t>(message.size()), "backslashreplace"));
  if (text.is_valid()) PyErr_SetObject(PyExc_ValueError, text.ptr());
  throw nb::python_error();
}

bool say(const Result<void>& result) {
  LogRelay::instance().deliver();
  if (result) return true;
  if (result.error().code() != ErrorCode::already_shutdown)
    log(LogLevel::warning, result.error().message());
  return false;
}

nb::object get_tracer(Provider& self, nb::handle name, nb::handle version, nb::handle schema_url,
                      nb::handle attributes, nb::object scope, nb::object resource,
                      nb::object processors) {
  return nb::cast(PyTracer(self.tracer(name, version, schema_url, attributes), std::move(scope),
                           std::move(resource), std::move(processors)));
}

}  // namespace

Provider::~Provider() {
  const nb::gil_scoped_release without_gil;
  const TracerProvider ended = std::move(provider_);
}

void Provider::check(nb::dict arguments) {
  const auto valid =
      core::validate(read_options(std::move(arguments)), core::Wording(core::Interface::python));
  if (!valid) throw_error(valid.error());
}

Provider Provider::create(nb::dict arguments, bool from_environment) {
  Options options = read_options(std::move(arguments));
  std::optional<Result<TracerProvider>> made;
  {
    const nb::gil_scoped_release without_gil;
    core::Wording wording(core::Interface::python);
    if (from_environment) {
      options = core::read_environment(std::move(options), core::process_variable, wording);
    }
    made = core::ProviderAccess::create(std::move(options), wording);
  }
  LogRelay::instance().deliver();
  if (!*made) throw_error(made->error());
  return Provider(std::move(*made).value());
}

Tracer Provider::tracer(nb::handle name, nb::handle version, nb::handle schema_url,
                        nb::handle attributes) {
  AttributeReader reader;
  const auto text = [&reader](nb::handle value) {
    return value.is_none() ? std::string_view() : reader.text_of_any(value);
  };
  const std::vector<Attribute> list = reader.list(attributes);
  return provider_.get_tracer(text(name), text(version), text(schema_url), list);
}

bool Provider::force_flush(int64_t timeout_ms) {
  Result<void> result;
  {
    const nb::gil_scoped_release without_gil;
    result = provider_.force_flush(to_deadline(timeout_ms));
  }
  return say(result);
}

bool Provider::shutdown(int64_t timeout_ms) {
  Result<void> result;
  {
    const nb::gil_scoped_release without_gil;
    result = provider_.shutdown(to_deadline(timeout_ms));
  }
  return say(result);
}

nb::dict Provider::stats() const {
  LogRelay::instance().deliver();
  return to_dict(provider_.stats());
}

void bind_provider(nb::module_& module) {
  nb::class_<Provider>(module, "Provider", nb::is_final())
      .def_static("check", &Provider::check, "options"_a)
      .def_static("create", &Provider::create, "options"_a, "from_environment"_a)
      .def("get_tracer", &get_tracer, "name"_a.none(), "version"_a.none(), "schema_url"_a.none(),
           "attributes"_a.none(), "scope"_a, "resource"_a, "processors"_a)
      .def("force_flush", &Provider::force_flush, "timeout_millis"_a)
      .def("shutdown", &Provider::shutdown, "timeout_millis"_a)
      .def("stats", &Provider::stats);
}

}  // namespace cero::python
