#include "otlp/readable_span.h"

#include <charconv>
#include <cmath>
#include <utility>

#include "otlp/trace.pb.h"

namespace cero::core {
namespace {

// Bits of Span.flags about the parent.
constexpr uint32_t kParentIsRemote = 0x200;

constexpr char kHexDigits[] = "0123456789abcdef";

std::string to_hex(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    text += kHexDigits[static_cast<unsigned char>(c) >> 4];
    text += kHexDigits[c & 15];
  }
  return text;
}

// Escapes what would move a terminal's cursor or colours, and the marks named.
std::string escaped(std::string_view text, std::string_view marks) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    // U+0080 to U+009F, which some terminals obey, are C2 80 to C2 9F.
    const bool high_control = c == '\xc2' && i + 1 < text.size() &&
                              static_cast<unsigned char>(text[i + 1]) >= 0x80 &&
                              static_cast<unsigned char>(text[i + 1]) <= 0x9f;
    if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f || high_control) {
      const auto code = static_cast<unsigned char>(high_control ? text[++i] : c);
      out.append("\\u00").append(1, kHexDigits[code >> 4]).append(1, kHexDigits[code & 15]);
    } else {
      if (marks.find(c) != std::string_view::npos) out += '\\';
      out += c;
    }
  }
  return out;
}

std::string name_text(std::string_view text) { return escaped(text, ""); }
std::string in_quotes(std::string_view text) { return '"' + escaped(text, "\"\\") + '"'; }

std::string number_text(double value) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, value);
  std::string number(text, end.ptr);
  // So that a whole number does not look like an integer.
  if (std::isfinite(value) && number.find_first_of(".e") == std::string::npos) number += ".0";
  return number;
}

// The parser bounds the depth.
std::string value_text(const otlp::AnyValue& value) {
  switch (value.value_case()) {
    case otlp::AnyValue::kStringValue:
      return in_quotes(value.string_value());
    case otlp::AnyValue::kBoolValue:
      return value.bool_value() ? "true" : "false";
    case otlp::AnyValue::kIntValue:
      return std::to_string(value.int_value());
    case otlp::AnyValue::kDoubleValue:
      return number_text(value.double_value());
    case otlp::AnyValue::kBytesValue:
      return "0x" + to_hex(value.bytes_value());
    case otlp::AnyValue::kArrayValue: {
      std::string text;
      for (const otlp::AnyValue& element : value.array_value().values()) {
        text.append(text.empty() ? "[" : ", ").append(value_text(element));
      }
      return text.empty() ? "[]" : text + "]";
    }
    case otlp::AnyValue::kKvlistValue: {
      std::string text;
      for (const otlp::KeyValue& member : value.kvlist_value().values()) {
        text.append(text.empty() ? "{" : ", ").append(in_quotes(member.key())).append(": ");
        text.append(value_text(member.value()));
      }
      return text.empty() ? "{}" : text + "}";
    }
    case otlp::AnyValue::VALUE_NOT_SET:
      break;
  }
  return "null";
}

template <typename KeyValues>
std::vector<ReadableAttribute> read_attributes(const KeyValues& attributes) {
  std::vector<ReadableAttribute> list;
  for (const otlp::KeyValue& attribute : attributes) {
    list.push_back({name_text(attribute.key()), value_text(attribute.value())});
  }
  return list;
}

std::string kind_text(int kind) {
  constexpr const char* kNames[] = {"unspecified", "internal", "server",
                                    "client",      "producer", "consumer"};
  return kind >= 0 && kind < 6 ? kNames[kind] : "kind " + std::to_string(kind);
}

ReadableSpan read_span(const otlp::Span& span, const std::string& service,
                       const std::string& scope) {
  ReadableSpan readable;
  readable.trace_id = to_hex(span.trace_id());
  readable.span_id = to_hex(span.span_id());
  readable.parent_span_id = to_hex(span.parent_span_id());
  readable.parent_is_remote = (span.flags() & kParentIsRemote) != 0;
  readable.name = name_text(span.name());
  readable.kind = kind_text(span.kind());
  readable.start_unix_ns = span.start_time_unix_nano();
  readable.end_unix_ns = span.end_time_unix_nano();
  if (span.status().code() == 1) readable.status = ReadableSpan::Status::ok;
  if (span.status().code() == 2) readable.status = ReadableSpan::Status::error;
  readable.status_message = name_text(span.status().message());
  readable.attributes = read_attributes(span.attributes());
  for (const otlp::Span::Event& event : span.events()) {
    readable.events.push_back(
        {event.time_unix_nano(), name_text(event.name()), read_attributes(event.attributes())});
  }
  for (const otlp::Span::Link& link : span.links()) {
    readable.links.push_back(
        {to_hex(link.trace_id()), to_hex(link.span_id()), read_attributes(link.attributes())});
  }
  readable.dropped_attributes = span.dropped_attributes_count();
  readable.dropped_events = span.dropped_events_count();
  readable.dropped_links = span.dropped_links_count();
  readable.service = service;
  readable.scope = scope;
  return readable;
}

std::string service_name(const otlp::Resource& resource) {
  for (const otlp::KeyValue& attribute : resource.attributes()) {
    if (attribute.key() == "service.name") return name_text(attribute.value().string_value());
  }
  return "";
}

std::string scope_text(const otlp::InstrumentationScope& scope) {
  std::string text = name_text(scope.name());
  if (!scope.version().empty()) text.append(" ").append(name_text(scope.version()));
  return text;
}

}  // namespace

std::optional<std::vector<ReadableSpan>> read_spans(std::string_view request) {
  otlp::ExportTraceServiceRequest message;
  if (request.size() > INT32_MAX ||
      !message.ParseFromArray(request.data(), static_cast<int>(request.size()))) {
    return std::nullopt;
  }
  std::vector<ReadableSpan> spans;
  for (const otlp::ResourceSpans& resource_spans : message.resource_spans()) {
    const std::string service = service_name(resource_spans.resource());
    for (const otlp::ScopeSpans& scope_spans : resource_spans.scope_spans()) {
      const std::string scope = scope_text(scope_spans.scope());
      for (const otlp::Span& span : scope_spans.spans()) {
        spans.push_back(read_span(span, service, scope));
      }
    }
  }
  return spans;
}

}  // namespace cero::core
