#include "bridge.h"

#include <optional>

#include "api.h"
#include "attribute_reader.h"
#include "span.h"
#include "span_access.h"
#include "span_context.h"

namespace cero::python {
namespace {

using namespace nb::literals;

void copy_events(Span& span, nb::handle events) {
  for (const nb::handle event : events) {
    AttributeReader reader;
    const std::vector<Attribute> attributes = reader.list(event.attr("attributes"));
    span.add_event(reader.text_of_any(event.attr("name")), attributes,
                   time_or_now(event.attr("timestamp")));
  }
}

void copy_links(Span& span, nb::handle links) {
  for (const nb::handle link : links) {
    AttributeReader reader;
    const std::vector<Attribute> attributes = reader.list(link.attr("attributes"));
    span.add_link(read_span_context(link.attr("context")), attributes);
  }
}

void copy_status(Span& span, nb::handle status) {
  const nb::object code = status.attr("status_code");
  const nb::object description = status.attr("description");
  AttributeReader reader;
  for (size_t i = 0; i < api().status_codes.size(); ++i) {
    if (code.is(api().status_codes[i]))
      span.set_status(static_cast<StatusCode>(i),
                      description.is_none() ? std::string_view() : reader.text_of_any(description));
  }
}

// What the SDK dropped before it got here.
void add_dropped(Span& span, nb::handle original) {
  detail::RecordHeader& record = *buffer_of(span)->record;
  record.dropped_attributes += nb::cast<uint32_t>(original.attr("dropped_attributes"));
  record.dropped_events += nb::cast<uint32_t>(original.attr("dropped_events"));
  record.dropped_links += nb::cast<uint32_t>(original.attr("dropped_links"));
}

}  // namespace

Tracer Bridge::tracer_of(nb::object scope) {
  for (const Known& known : known_) {
    if (known.scope.is(scope)) return known.tracer;
  }
  Provider& provider = nb::cast<Provider&>(provider_);
  const Tracer tracer =
      scope.is_none()
          ? provider.tracer(scope, scope, scope, scope)
          : provider.tracer(scope.attr("name"), scope.attr("version"), scope.attr("schema_url"),
                            nb::getattr(scope, "attributes", nb::none()));
  known_[next_++ % kKnownMax] = {std::move(scope), tracer};
  return tracer;
}

void Bridge::add(nb::handle original) {
  const SpanContext context = read_span_context(original.attr("context"));
  const nb::object parent_object = original.attr("parent");
  std::optional<SpanContext> parent;
  if (!parent_object.is_none()) parent = read_span_context(parent_object);
  AttributeReader reader;
  const nb::object name = original.attr("name");
  Span span = tracer_of(original.attr("instrumentation_scope"))
                  .start_span(reader.text_of_any(name),
                              {.kind = kind_of(original.attr("kind")),
                               .parent = parent ? Parent(*parent) : Parent::none(),
                               .start_time = time_or_now(original.attr("start_time")),
                               .trace_id = context.trace_id(),
                               .span_id = context.span_id()});
  if (!span.is_recording()) return;  // shut down, or without memory; counted by cero
  buffer_of(span)->trace_state = context.trace_state();
  reader.each(original.attr("attributes"),
              [&span](std::string_view key, const AttributeValue& value) {
                set_attribute(span, key, value);
              });
  copy_events(span, original.attr("events"));
  copy_links(span, original.attr("links"));
  copy_status(span, original.attr("status"));
  add_dropped(span, original);
  span.end(time_or_now(original.attr("end_time")));
}

void bind_bridge(nb::module_& module) {
  nb::class_<Bridge>(module, "Bridge", nb::is_final())
      .def(nb::init<nb::object>(), "provider"_a)
      .def("add", &Bridge::add, "span"_a);
}

}  // namespace cero::python
