#include "tracer.h"

#include <optional>

#include "api.h"
#include "attribute_reader.h"
#include "context.h"
#include "current_span.h"
#include "span.h"
#include "span_context.h"

namespace cero::python {
namespace {

using namespace nb::literals;

// The context of the span that a new one is a child of; nothing: a root.
std::optional<SpanContext> parent_in(nb::handle context) {
  const nb::object span = span_of(context.is_none() ? current_context() : nb::borrow(context));
  if (span.is_none()) return std::nullopt;
  std::optional<SpanContext> parent;
  if (const PySpan* own = PySpan::of(span)) {
    parent = own->context();
  } else if (nb::isinstance(span, api().span_class)) {
    parent = read_span_context(span.attr("get_span_context")());
  }
  return parent && parent->valid() ? parent : std::nullopt;
}

void add_links(Span& span, nb::handle links) {
  if (links.is_none()) return;
  for (const nb::handle link : links) {
    AttributeReader reader;
    const std::vector<Attribute> attributes = reader.list(link.attr("attributes"));
    span.add_link(read_span_context(link.attr("context")), attributes);
  }
}

nb::object start_span(nb::handle self, nb::handle name, nb::handle context, nb::handle kind,
                      nb::handle attributes, nb::handle links, nb::handle start_time,
                      bool records_exception, bool sets_status_on_exception) {
  return PyTracer::start(self, {name, context, kind, attributes, links, start_time,
                                records_exception, sets_status_on_exception});
}

CurrentSpan start_as_current_span(nb::object self, nb::object name, nb::object context,
                                  nb::object kind, nb::object attributes, nb::object links,
                                  nb::object start_time, bool records_exception,
                                  bool sets_status_on_exception, bool ends_on_exit) {
  return CurrentSpan({std::move(self), std::move(name), std::move(context), std::move(kind),
                      std::move(attributes), std::move(links), std::move(start_time),
                      records_exception, sets_status_on_exception, ends_on_exit});
}

}  // namespace

SpanKind kind_of(nb::handle kind) noexcept {
  for (size_t i = 0; i < api().kinds.size(); ++i) {
    if (kind.is(api().kinds[i])) return static_cast<SpanKind>(i + 1);
  }
  return SpanKind::internal;
}

nb::object PyTracer::start(nb::handle self, const StartArguments& arguments) {
  const auto& tracer = *nb::inst_ptr<PyTracer>(self);
  const std::optional<SpanContext> parent = parent_in(arguments.context);
  AttributeReader reader;
  Span span = tracer.tracer_.start_span(reader.text_of_any(arguments.name),
                                        {.kind = kind_of(arguments.kind),
                                         .parent = parent ? Parent(*parent) : Parent::none(),
                                         .start_time = time_or_now(arguments.start_time)});
  if (span.is_recording()) {
    reader.each(arguments.attributes, [&span](std::string_view key, const AttributeValue& value) {
      set_attribute(span, key, value);
    });
    add_links(span, arguments.links);
  }
  nb::object made = PySpan::make(std::move(span), self, parent,
                                 {arguments.records_exception, arguments.sets_status_on_exception});
  if (tracer.has_processors()) [[unlikely]]
    api().helpers.attr("on_start")(tracer.processors_, made, arguments.context);
  return made;
}

void bind_tracer(nb::module_& module) {
  nb::class_<PyTracer>(module, "Tracer", nb::is_final(), nb::is_weak_referenceable(),
                       "Starts the spans of one instrumentation scope.")
      .def("start_span", &start_span, "name"_a, "context"_a = nb::none(), "kind"_a = api().kinds[0],
           "attributes"_a = nb::none(), "links"_a = nb::none(), "start_time"_a = nb::none(),
           "record_exception"_a = true, "set_status_on_exception"_a = true,
           "Starts a span that is not current: use start_as_current_span for one that is.")
      .def("start_as_current_span", &start_as_current_span, "name"_a, "context"_a = nb::none(),
           "kind"_a = api().kinds[0], "attributes"_a = nb::none(), "links"_a = nb::none(),
           "start_time"_a = nb::none(), "record_exception"_a = true,
           "set_status_on_exception"_a = true, "end_on_exit"_a = true,
           "A context manager, and a decorator of functions and coroutines, around a span.");
}

}  // namespace cero::python
