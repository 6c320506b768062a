#include "span.h"

#include "api.h"
#include "attribute_reader.h"
#include "readable.h"
#include "span_access.h"
#include "span_context.h"

namespace cero::python {
namespace {

using namespace nb::literals;

PyTypeObject* span_type = nullptr;

PySpan& self_of(nb::handle self) { return *nb::inst_ptr<PySpan>(self); }

void py_set_attribute(PySpan& self, nb::handle key, nb::handle value) {
  if (!self.span().is_recording()) return;
  AttributeReader reader;
  const std::string_view name = reader.key(key);
  set_attribute(self.span(), name, reader.value(name, value));
}

void set_attributes(PySpan& self, nb::handle attributes) {
  if (!self.span().is_recording()) return;
  AttributeReader reader;
  reader.each(attributes, [&](std::string_view key, const AttributeValue& value) {
    set_attribute(self.span(), key, value);
  });
}

void add_event(PySpan& self, nb::handle name, nb::handle attributes, nb::handle timestamp) {
  if (!self.span().is_recording()) return;
  AttributeReader reader;
  const std::vector<Attribute> list = reader.list(attributes);
  self.span().add_event(reader.text_of_any(name), list, time_or_now(timestamp));
}

void add_link(PySpan& self, nb::handle context, nb::handle attributes) {
  if (!self.span().is_recording() || context.is_none()) return;
  AttributeReader reader;
  const std::vector<Attribute> list = reader.list(attributes);
  self.span().add_link(read_span_context(context), list);
}

void update_name(PySpan& self, nb::handle name) {
  AttributeReader reader;
  self.span().update_name(reader.text_of_any(name));
}

// A Status, or a StatusCode with a description.
void set_status(PySpan& self, nb::handle status, nb::handle description) {
  if (!self.span().is_recording()) return;
  nb::object code = nb::borrow(status);
  nb::object text = nb::borrow(description);
  if (nb::isinstance(status, api().status_class)) {
    code = status.attr("status_code");
    text = status.attr("description");
  }
  AttributeReader reader;
  const std::string_view words = text.is_none() ? std::string_view() : reader.text_of_any(text);
  for (size_t i = 0; i < api().status_codes.size(); ++i) {
    if (code.is(api().status_codes[i]))
      return self.span().set_status(static_cast<StatusCode>(i), words);
  }
  log(LogLevel::warning,
      std::string("set_status: ") + nb::repr(status).c_str() + " is neither Status nor StatusCode");
}

void record_exception(nb::handle self, nb::handle exception, nb::handle attributes,
                      nb::handle timestamp, bool escaped) {
  if (!self_of(self).span().is_recording()) return;
  api().helpers.attr("record_exception")(self, exception, attributes, timestamp, escaped);
}

nb::object get_span_context(PySpan& self) {
  nb::object& made = self.context_object();
  if (!made.is_valid()) made = make_span_context(self.context());
  return made;
}

nb::object parent_of(const PySpan& self) {
  return self.parent() ? make_span_context(*self.parent()) : nb::none();
}

bool exit(nb::handle self, nb::handle type, nb::handle exception, nb::handle traceback) {
  static_cast<void>(type);
  static_cast<void>(traceback);
  if (!exception.is_none()) note_exception(self, exception, self_of(self).on_exception(), true);
  end_span(self, nb::none());
  return false;
}

}  // namespace

PySpan::~PySpan() { abandon(span_); }

nb::object PySpan::make(Span span, nb::handle tracer, const std::optional<SpanContext>& parent,
                        OnException on_exception) {
  nb::object made = nb::inst_alloc(nb::handle(reinterpret_cast<PyObject*>(span_type)));
  new (nb::inst_ptr<PySpan>(made)) PySpan(std::move(span), tracer, parent, on_exception);
  nb::inst_mark_ready(made);
  return made;
}

PySpan* PySpan::of(nb::handle object) noexcept {
  return Py_TYPE(object.ptr()) == span_type ? nb::inst_ptr<PySpan>(object) : nullptr;
}

void set_attribute(Span& span, std::string_view key, const AttributeValue& value) noexcept {
  switch (value.kind()) {  // the inlined ways are for what has a type
    case AttributeValue::Kind::string:
      return span.set_attribute(key, value.string());
    case AttributeValue::Kind::integer:
      return span.set_attribute(key, value.integer());
    case AttributeValue::Kind::boolean:
      return span.set_attribute(key, value.boolean());
    case AttributeValue::Kind::floating:
      return span.set_attribute(key, value.floating());
    default:
      return span.set_attribute(key, value);
  }
}

void end_span(nb::handle self, nb::handle end_time) {
  PySpan& span = self_of(self);
  if (!span.span().is_recording()) return;
  const Timestamp time = time_or_now(end_time);
  const bool has_processors = span.tracer().has_processors();
  if (has_processors) [[unlikely]]
    api().helpers.attr("on_ending")(span.tracer().processors(), self);
  span.span().end(time);
  if (has_processors) [[unlikely]]
    api().helpers.attr("on_end")(span.tracer().processors(), self);
}

void note_exception(nb::handle self, nb::handle exception, OnException what, bool escaped) {
  PySpan& span = self_of(self);
  if (!span.span().is_recording()) return;
  api().helpers.attr("note_exception")(self, exception, what.records, what.sets_status, escaped);
}

void bind_span(nb::module_& module) {
  nb::class_<PySpan> type(module, "Span", nb::is_final(), nb::is_weak_referenceable(),
                          "One operation, from its start to its end.");
  span_type = reinterpret_cast<PyTypeObject*>(type.ptr());
  type.def("set_attribute", &py_set_attribute, "key"_a.none(), "value"_a.none())
      .def("set_attributes", &set_attributes, "attributes"_a.none())
      .def("add_event", &add_event, "name"_a, "attributes"_a = nb::none(),
           "timestamp"_a = nb::none())
      .def("add_link", &add_link, "context"_a.none(), "attributes"_a = nb::none())
      .def("update_name", &update_name, "name"_a)
      .def("set_status", &set_status, "status"_a.none(), "description"_a = nb::none())
      .def("record_exception", &record_exception, "exception"_a, "attributes"_a = nb::none(),
           "timestamp"_a = nb::none(), "escaped"_a = false)
      .def("is_recording", [](const PySpan& self) { return self.span().is_recording(); })
      .def("get_span_context", &get_span_context)
      .def("end", &end_span, "end_time"_a = nb::none())
      .def("__enter__", [](nb::object self) { return self; })
      .def("__exit__", &exit, "exc_type"_a.none(), "exc_val"_a.none(), "exc_tb"_a.none())
      .def_prop_ro("context", &get_span_context)
      .def_prop_ro("parent", &parent_of)
      .def_prop_ro("resource", [](const PySpan& self) { return self.tracer().resource(); })
      .def_prop_ro("instrumentation_scope",
                   [](const PySpan& self) { return self.tracer().scope(); });
  bind_readable(type);
}

}  // namespace cero::python
