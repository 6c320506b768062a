#include "readable.h"

#include <optional>
#include <string>

#include "api.h"
#include "otlp/record_reader.h"
#include "otlp/trace.pb.h"
#include "span_access.h"
#include "span_context.h"

namespace cero::python {
namespace {

using detail::RecordHeader;

const RecordHeader* record_of(const PySpan& self) {
  return self.sampled() ? buffer_of(self.span())->record : nullptr;
}

// The wire bytes: what is of any length.
otlp::Span read(const PySpan& self) {
  otlp::Span span;
  if (!self.sampled()) return span;
  detail::SpanBuffer& buffer = *buffer_of(self.span());
  span.ParseFromArray(buffer.wire(), static_cast<int>(buffer.wire_used()));
  return span;
}

nb::str to_str(const std::string& text) { return nb::str(text.data(), text.size()); }

nb::object to_python(const otlp::AnyValue& value);

template <typename KeyValues>
nb::dict to_dict(const KeyValues& attributes) {
  nb::dict dict;
  for (const otlp::KeyValue& attribute : attributes)
    dict[to_str(attribute.key())] = to_python(attribute.value());
  return dict;
}

nb::object to_python(const otlp::AnyValue& value) {
  switch (value.value_case()) {
    case otlp::AnyValue::kStringValue:
      return to_str(value.string_value());
    case otlp::AnyValue::kBoolValue:
      return nb::bool_(value.bool_value());
    case otlp::AnyValue::kIntValue:
      return nb::int_(value.int_value());
    case otlp::AnyValue::kDoubleValue:
      return nb::float_(value.double_value());
    case otlp::AnyValue::kBytesValue:
      return nb::bytes(value.bytes_value().data(), value.bytes_value().size());
    case otlp::AnyValue::kKvlistValue:
      return to_dict(value.kvlist_value().values());
    case otlp::AnyValue::kArrayValue: {
      nb::list list;
      for (const otlp::AnyValue& element : value.array_value().values())
        list.append(to_python(element));
      return nb::tuple(list);
    }
    case otlp::AnyValue::VALUE_NOT_SET:
      break;
  }
  return nb::none();
}

nb::object attributes(const PySpan& self) {
  // Read only: nothing would come of a change.
  return nb::steal(PyDictProxy_New(to_dict(read(self).attributes()).ptr()));
}

nb::tuple events(const PySpan& self) {
  nb::list list;
  const otlp::Span span = read(self);
  for (const otlp::Span::Event& event : span.events())
    list.append(api().helpers.attr("Event")(to_str(event.name()), to_dict(event.attributes()),
                                            event.time_unix_nano()));
  return nb::tuple(list);
}

SpanContext context_of(const otlp::Span::Link& link) {
  constexpr uint32_t kRemote = 0x200;
  std::array<uint8_t, 16> trace_id{};
  std::array<uint8_t, 8> span_id{};
  link.trace_id().copy(reinterpret_cast<char*>(trace_id.data()), trace_id.size());
  link.span_id().copy(reinterpret_cast<char*>(span_id.data()), span_id.size());
  return {TraceId(trace_id), SpanId(span_id), static_cast<uint8_t>(link.flags()),
          (link.flags() & kRemote) != 0, TraceState::from_header(link.trace_state())};
}

nb::tuple links(const PySpan& self) {
  nb::list list;
  const otlp::Span span = read(self);
  for (const otlp::Span::Link& link : span.links())
    list.append(api().link_class(make_span_context(context_of(link)), to_dict(link.attributes())));
  return nb::tuple(list);
}

nb::object status(const PySpan& self) {
  const RecordHeader* record = record_of(self);
  const size_t code = record == nullptr ? 0 : record->status_code;
  const otlp::Span span = read(self);
  if (!span.status().message().empty())
    return api().status_class(api().status_codes[code], to_str(span.status().message()));
  return api().status_class(api().status_codes[code]);
}

nb::object kind(const PySpan& self) {
  const RecordHeader* record = record_of(self);
  return api().kinds[record == nullptr ? 0 : record->kind - 1];
}

nb::object start_time(const PySpan& self) {
  const RecordHeader* record = record_of(self);
  return record == nullptr ? nb::none() : nb::object(nb::int_(record->start));
}

nb::object end_time(const PySpan& self) {
  return self.ended() ? nb::object(nb::int_(record_of(self)->end)) : nb::none();
}

}  // namespace

void bind_readable(nb::class_<PySpan>& type) {
  type.def_prop_ro("name", [](const PySpan& self) { return to_str(read(self).name()); })
      .def_prop_ro("kind", &kind)
      .def_prop_ro("attributes", &attributes)
      .def_prop_ro("events", &events)
      .def_prop_ro("links", &links)
      .def_prop_ro("status", &status)
      .def_prop_ro("start_time", &start_time)
      .def_prop_ro("end_time", &end_time)
      .def_prop_ro("dropped_attributes",
                   [](const PySpan& self) {
                     return record_of(self) ? record_of(self)->dropped_attributes : 0;
                   })
      .def_prop_ro(
          "dropped_events",
          [](const PySpan& self) { return record_of(self) ? record_of(self)->dropped_events : 0; })
      .def_prop_ro("dropped_links", [](const PySpan& self) {
        return record_of(self) ? record_of(self)->dropped_links : 0;
      });
}

}  // namespace cero::python
