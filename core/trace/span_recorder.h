// The cold half of recording: what set_attribute does not inline, and whole names, events, links
// and statuses.
//
// Wire bytes after the name are finished fields of OTLP's Span message. What a call adds is written
// behind them first and counts only once it is whole; an attribute may then take the place of an
// older one (attribute_index.h).
#ifndef CERO_CORE_TRACE_SPAN_RECORDER_H_
#define CERO_CORE_TRACE_SPAN_RECORDER_H_

#include <string_view>

#include "cero/detail/span_buffer.h"
#include "cero/span.h"

namespace cero::core {

using detail::SpanBuffer;

// OTLP's flags: the W3C flags of the span itself, and that it is known whether its parent (or the
// linked context) is remote.
constexpr uint32_t otlp_flags(uint8_t trace_flags, bool remote) noexcept {
  constexpr uint32_t kRemotenessKnown = 0x100;
  constexpr uint32_t kRemote = 0x200;
  return trace_flags | kRemotenessKnown | (remote ? kRemote : 0);
}

// Room for `bytes` more, or the span is marked as one that cannot be exported.
bool make_room(SpanBuffer& buffer, size_t bytes) noexcept;
inline bool ensure_room(SpanBuffer& buffer, size_t bytes) noexcept {
  return buffer.has_room(bytes) || make_room(buffer, bytes);
}

// What is left of a record that will not be exported: why.
inline void keep_only_failure(SpanBuffer& buffer) noexcept {
  const detail::RecordFailure failure = buffer.state.failure;
  buffer.state = {};
  buffer.state.failure = failure;
  buffer.at = buffer.wire();
}

// Puts the bytes of the record's prefix into the buffer, in front of its own: for those who look
// for a place among the wire bytes. Without room for them the span is marked, and records nothing.
void take_prefix_in(SpanBuffer& buffer) noexcept;

// The first field of a fresh buffer.
void write_long_name(SpanBuffer& buffer, std::string_view name) noexcept;
inline void write_name(SpanBuffer& buffer, std::string_view name) noexcept {
  if (name.empty()) return;
  if (name.size() > detail::kShortCopyMax) return write_long_name(buffer, name);
  char* out = buffer.at;
  *out++ = detail::tag(5, detail::kLength);
  *out++ = static_cast<char>(name.size());
  const uint64_t seen = detail::copy_short(out, name.data(), name.size());
  if ((seen & detail::kNonAsciiMask) != 0) [[unlikely]]
    return write_long_name(buffer, name);
  buffer.at = out + name.size();
  buffer.state.name_size = static_cast<uint32_t>(2 + name.size());
}
void replace_name(SpanBuffer& buffer, std::string_view name) noexcept;

void add_attribute(SpanBuffer& buffer, const Attribute& attribute) noexcept;
// time_is_ticks: the batch thread will turn it into unix nanoseconds.
void add_event(SpanBuffer& buffer, std::string_view name, Attributes attributes, uint64_t time,
               bool time_is_ticks) noexcept;
void add_link(SpanBuffer& buffer, const SpanContext& context, Attributes attributes) noexcept;
void set_status(SpanBuffer& buffer, StatusCode code, std::string_view description) noexcept;
void append_trace_state(SpanBuffer& buffer, std::string_view trace_state) noexcept;

}  // namespace cero::core

#endif  // CERO_CORE_TRACE_SPAN_RECORDER_H_
