// ReadableSpan: a span out of a request, as a person reads it. For the console and cero-receiver
// --print; nothing fast is built on it.
//
// All text is safe on a terminal: control characters are escaped.
#ifndef CERO_CORE_OTLP_READABLE_SPAN_H_
#define CERO_CORE_OTLP_READABLE_SPAN_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cero::core {

struct ReadableAttribute {
  std::string key;
  std::string value;  // as in JSON, but bytes are 0x and hex digits
};

struct ReadableEvent {
  uint64_t time_unix_ns = 0;
  std::string name;
  std::vector<ReadableAttribute> attributes;
};

struct ReadableLink {
  std::string trace_id;  // hex digits, as all ids here
  std::string span_id;
  std::vector<ReadableAttribute> attributes;
};

struct ReadableSpan {
  std::string trace_id;
  std::string span_id;
  std::string parent_span_id;  // empty: a root
  bool parent_is_remote = false;
  std::string name;
  std::string kind;  // "server" and the like
  uint64_t start_unix_ns = 0;
  uint64_t end_unix_ns = 0;
  enum class Status { unset, ok, error } status = Status::unset;
  std::string status_message;
  std::vector<ReadableAttribute> attributes;
  std::vector<ReadableEvent> events;
  std::vector<ReadableLink> links;
  uint32_t dropped_attributes = 0;
  uint32_t dropped_events = 0;
  uint32_t dropped_links = 0;
  std::string service;  // the resource's service.name
  std::string scope;    // name and version of the tracer
};

// The spans of an ExportTraceServiceRequest in their order; nothing when the bytes are none.
std::optional<std::vector<ReadableSpan>> read_spans(std::string_view request);

}  // namespace cero::core

#endif  // CERO_CORE_OTLP_READABLE_SPAN_H_
