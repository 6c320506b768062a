#include "receiver/otlp_json.h"

#include <openssl/evp.h>

#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>

#include "otlp/trace.pb.h"

namespace cero::receiver {
namespace {

// Keeps the order of the fields, which is the order a person wants to read them in.
using Json = nlohmann::ordered_json;

std::string to_hex(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  for (const char c : bytes) {
    const auto byte = static_cast<uint8_t>(c);
    hex += kDigits[byte >> 4];
    hex += kDigits[byte & 15];
  }
  return hex;
}

std::string to_base64(std::string_view bytes) {
  // EVP_EncodeBlock also writes a final zero.
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                   reinterpret_cast<const unsigned char*>(bytes.data()),
                                   static_cast<int>(bytes.size()));
  text.resize(static_cast<size_t>(size));
  return text;
}

// JSON has no number for these three.
Json to_json(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  return value;
}

void set_text(Json& object, const char* name, const std::string& value) {
  if (!value.empty()) object[name] = value;
}

void set_id(Json& object, const char* name, const std::string& id) {
  if (!id.empty()) object[name] = to_hex(id);
}

void set_number(Json& object, const char* name, int64_t value) {
  if (value != 0) object[name] = value;
}

void set_time(Json& object, const char* name, uint64_t nanoseconds) {
  if (nanoseconds != 0) object[name] = std::to_string(nanoseconds);
}

// Sets a list of converted elements unless it is empty.
template <typename Elements, typename Convert>
void set_list(Json& object, const char* name, const Elements& elements, Convert convert) {
  for (const auto& element : elements) object[name].push_back(convert(element));
}

Json attribute_json(const otlp::KeyValue& attribute);

Json value_json(const otlp::AnyValue& value) {
  Json json = Json::object();
  switch (value.value_case()) {
    case otlp::AnyValue::kStringValue:
      json["stringValue"] = value.string_value();
      break;
    case otlp::AnyValue::kBoolValue:
      json["boolValue"] = value.bool_value();
      break;
    case otlp::AnyValue::kIntValue:
      json["intValue"] = std::to_string(value.int_value());
      break;
    case otlp::AnyValue::kDoubleValue:
      json["doubleValue"] = to_json(value.double_value());
      break;
    case otlp::AnyValue::kArrayValue:
      json["arrayValue"] = Json::object();
      set_list(json["arrayValue"], "values", value.array_value().values(), value_json);
      break;
    case otlp::AnyValue::kKvlistValue:
      json["kvlistValue"] = Json::object();
      set_list(json["kvlistValue"], "values", value.kvlist_value().values(), attribute_json);
      break;
    case otlp::AnyValue::kBytesValue:
      json["bytesValue"] = to_base64(value.bytes_value());
      break;
    case otlp::AnyValue::VALUE_NOT_SET:
      break;
  }
  return json;
}

Json attribute_json(const otlp::KeyValue& attribute) {
  Json json = Json::object();
  set_text(json, "key", attribute.key());
  if (attribute.has_value()) json["value"] = value_json(attribute.value());
  return json;
}

// What resources, scopes, spans, events and links have alike.
template <typename Message>
void set_attributes(Json& json, const Message& message) {
  set_list(json, "attributes", message.attributes(), attribute_json);
  set_number(json, "droppedAttributesCount", message.dropped_attributes_count());
}

Json event_json(const otlp::Span::Event& event) {
  Json json = Json::object();
  set_time(json, "timeUnixNano", event.time_unix_nano());
  set_text(json, "name", event.name());
  set_attributes(json, event);
  return json;
}

Json link_json(const otlp::Span::Link& link) {
  Json json = Json::object();
  set_id(json, "traceId", link.trace_id());
  set_id(json, "spanId", link.span_id());
  set_text(json, "traceState", link.trace_state());
  set_attributes(json, link);
  set_number(json, "flags", link.flags());
  return json;
}

Json status_json(const otlp::Status& status) {
  Json json = Json::object();
  set_text(json, "message", status.message());
  set_number(json, "code", status.code());
  return json;
}

Json span_json(const otlp::Span& span) {
  Json json = Json::object();
  set_id(json, "traceId", span.trace_id());
  set_id(json, "spanId", span.span_id());
  set_text(json, "traceState", span.trace_state());
  set_id(json, "parentSpanId", span.parent_span_id());
  set_number(json, "flags", span.flags());
  set_text(json, "name", span.name());
  set_number(json, "kind", span.kind());
  set_time(json, "startTimeUnixNano", span.start_time_unix_nano());
  set_time(json, "endTimeUnixNano", span.end_time_unix_nano());
  set_attributes(json, span);
  set_list(json, "events", span.events(), event_json);
  set_number(json, "droppedEventsCount", span.dropped_events_count());
  set_list(json, "links", span.links(), link_json);
  set_number(json, "droppedLinksCount", span.dropped_links_count());
  if (span.has_status()) json["status"] = status_json(span.status());
  return json;
}

Json scope_json(const otlp::InstrumentationScope& scope) {
  Json json = Json::object();
  set_text(json, "name", scope.name());
  set_text(json, "version", scope.version());
  set_attributes(json, scope);
  return json;
}

Json scope_spans_json(const otlp::ScopeSpans& scope_spans) {
  Json json = Json::object();
  if (scope_spans.has_scope()) json["scope"] = scope_json(scope_spans.scope());
  set_list(json, "spans", scope_spans.spans(), span_json);
  set_text(json, "schemaUrl", scope_spans.schema_url());
  return json;
}

Json resource_spans_json(const otlp::ResourceSpans& resource_spans) {
  Json json = Json::object();
  if (resource_spans.has_resource()) {
    json["resource"] = Json::object();
    set_attributes(json["resource"], resource_spans.resource());
  }
  set_list(json, "scopeSpans", resource_spans.scope_spans(), scope_spans_json);
  set_text(json, "schemaUrl", resource_spans.schema_url());
  return json;
}

}  // namespace

std::optional<std::string> to_otlp_json(std::string_view request) {
  otlp::ExportTraceServiceRequest message;
  if (!message.ParseFromArray(request.data(), static_cast<int>(request.size()))) {
    return std::nullopt;
  }
  Json json = Json::object();
  set_list(json, "resourceSpans", message.resource_spans(), resource_spans_json);
  return json.dump();
}

}  // namespace cero::receiver
