#include "trace/span_recorder.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/assert.h"
#include "base/attribute_encoding.h"
#include "base/planted_bug.h"
#include "base/span_prefix.h"
#include "trace/attribute_index.h"
#include "trace/record_block.h"
#include "trace/runtime.h"

namespace cero::core {
namespace {

using detail::KeyHash;
using detail::kFixed32;
using detail::kFixed64;
using detail::kLength;
using detail::kTicksTag;
using detail::kVarint;
using detail::RecordAccess;
using detail::RecordFailure;
using detail::RecordState;
using detail::tag;
using detail::varint_size;
using detail::write_varint;

size_t field_size(size_t content) noexcept { return 1 + varint_size(content) + content; }

char* write_length(char* out, uint32_t field, size_t content) noexcept {
  *out++ = tag(field, kLength);
  if constexpr (kPlantedBug == PlantedBug::length) {
    if (content == 128) {
      *out++ = static_cast<char>(content);
      return out;
    }
  }
  return write_varint(out, content);
}

void commit(SpanBuffer& buffer, char* end) noexcept {
  CERO_ASSERT(buffer.at <= end && end <= buffer.limit);
  buffer.at = end;
}

void remove_status_message(SpanBuffer& buffer) noexcept {
  const uint32_t place = std::exchange(buffer.state.status_place, 0);
  if (place == 0) return;
  buffer.record->marks &= static_cast<uint8_t>(~detail::kStatusOnWire);
  remove_bytes(buffer, place - 1, field_size_at(buffer.wire() + place - 1), buffer.at);
}

// A change that is not over in one store: a signal handler that ends the span meanwhile drops it
// (S1 of detail/span_buffer.h).
class Change {
 public:
  explicit Change(SpanBuffer& buffer) noexcept : buffer_(buffer) {
    buffer_.access = RecordAccess::changing;
    std::atomic_signal_fence(std::memory_order_seq_cst);
  }
  ~Change() {
    std::atomic_signal_fence(std::memory_order_seq_cst);
    buffer_.access = RecordAccess::open;  // also where a handler has ended the span: nobody asks
  }
  Change(const Change&) = delete;
  Change& operator=(const Change&) = delete;

 private:
  SpanBuffer& buffer_;
};

AttributeList limited(const SpanBuffer& buffer, Attributes attributes, uint32_t field,
                      uint32_t count_max) noexcept {
  return {attributes, field, count_max, buffer.value_length_max};
}

}  // namespace

bool make_room(SpanBuffer& buffer, size_t bytes) noexcept {
  RecordFailure& failure = buffer.state.failure;
  if (failure != RecordFailure::none) return false;
  const uint32_t bytes_max =
      buffer.runtime->settings().span_bytes_max.load(std::memory_order_relaxed);
  failure =
      grow(buffer, bytes, bytes_max - std::min<uint32_t>(bytes_max, buffer.state.prefix_bytes));
  return failure == RecordFailure::none;
}

void take_prefix_in(SpanBuffer& buffer) noexcept {
  const size_t size = std::exchange(buffer.state.prefix_bytes, uint16_t{0});
  if (size == 0) return;
  const std::string_view prefix = prefix_of(std::exchange(buffer.record->prefix, 0));
  CERO_ASSERT(prefix.size() == size);
  if (!ensure_room(buffer, size)) return keep_only_failure(buffer);
  std::memmove(buffer.wire() + size, buffer.wire(), buffer.wire_used());
  std::memcpy(buffer.wire(), prefix.data(), size);
  buffer.at += size;
}

void write_long_name(SpanBuffer& buffer, std::string_view name) noexcept {
  CERO_ASSERT(buffer.wire_used() == 0);
  const size_t size = text_field_size(name);
  if (!ensure_room(buffer, size)) return;
  commit(buffer, write_text_field(buffer.at, 5, name));
  buffer.state.name_size = static_cast<uint32_t>(size);
}

void replace_name(SpanBuffer& buffer, std::string_view name) noexcept {
  const Change change(buffer);
  take_prefix_in(buffer);
  RecordState& state = buffer.state;
  const size_t new_size = name.empty() ? 0 : text_field_size(name);
  const uint32_t old_size = state.name_size;
  if (new_size > old_size && !ensure_room(buffer, new_size - old_size)) return;
  char* const wire = buffer.wire();
  std::memmove(wire + new_size, wire + old_size, buffer.wire_used() - old_size);
  if (!name.empty()) write_text_field(wire, 5, name);
  // The index counts from the name's end, so it holds as it is.
  if (state.status_place != 0)
    state.status_place = static_cast<uint32_t>(state.status_place + new_size - old_size);
  state.name_size = static_cast<uint32_t>(new_size);
  buffer.at = buffer.at + new_size - old_size;
}

void add_attribute(SpanBuffer& buffer, const Attribute& attribute) noexcept {
  using Kind = AttributeValue::Kind;
  const AttributeValue& value = attribute.value;
  bool done = false;
  switch (value.kind()) {
    case Kind::boolean:
      done = try_append(buffer, attribute.key, value.boolean());
      break;
    case Kind::integer:
      done = try_append(buffer, attribute.key, value.integer());
      break;
    case Kind::floating:
      done = try_append(buffer, attribute.key, value.floating());
      break;
    case Kind::string:
      done = try_append(buffer, attribute.key, value.string());
      break;
    default:
      break;
  }
  if (!done) detail::set_attribute_slow(buffer, attribute.key, value);
}

void add_event(SpanBuffer& buffer, std::string_view name, Attributes attributes, uint64_t time,
               bool time_is_ticks) noexcept {
  const Change change(buffer);
  const Runtime::Settings& settings = buffer.runtime->settings();
  if (buffer.state.event_count >= settings.events_max.load(std::memory_order_relaxed)) {
    ++buffer.record->dropped_events;
    return;
  }
  const AttributeList list = limited(
      buffer, attributes, 3, settings.attributes_per_event_max.load(std::memory_order_relaxed));
  const AttributeListSize list_size = attribute_list_size(list);
  size_t content = 1 + sizeof time + list_size.bytes;
  if (!name.empty()) content += text_field_size(name);
  if (list_size.dropped != 0) content += 1 + varint_size(list_size.dropped);
  if (!ensure_room(buffer, field_size(content))) return;

  char* out = write_length(buffer.at, 11, content);
  *out++ = time_is_ticks ? kTicksTag : tag(1, kFixed64);
  out = detail::store(out, time);
  if (!name.empty()) out = write_text_field(out, 2, name);
  out = write_attribute_list(out, list);
  if (list_size.dropped != 0) {
    *out++ = tag(4, kVarint);
    out = write_varint(out, list_size.dropped);
  }
  commit(buffer, out);
  ++buffer.state.event_count;
  if (time_is_ticks) buffer.record->marks |= detail::kHasTickEvents;
}

void add_link(SpanBuffer& buffer, const SpanContext& context, Attributes attributes) noexcept {
  if (!context.valid() && attributes.empty() && context.trace_state().empty()) return;
  const Change change(buffer);
  const Runtime::Settings& settings = buffer.runtime->settings();
  if (buffer.state.link_count >= settings.links_max.load(std::memory_order_relaxed)) {
    if constexpr (kPlantedBug != PlantedBug::dropped_count) ++buffer.record->dropped_links;
    return;
  }
  const AttributeList list = limited(
      buffer, attributes, 4, settings.attributes_per_link_max.load(std::memory_order_relaxed));
  const AttributeListSize list_size = attribute_list_size(list);
  const std::string_view trace_state = context.trace_state().to_header();
  const auto& trace_id = context.trace_id().bytes();
  const auto& span_id = context.span_id().bytes();
  size_t content =
      2 + trace_id.size() + 2 + span_id.size() + list_size.bytes + 1 + sizeof(uint32_t);
  if (!trace_state.empty()) content += text_field_size(trace_state);
  if (list_size.dropped != 0) content += 1 + varint_size(list_size.dropped);
  if (!ensure_room(buffer, field_size(content))) return;

  char* out = write_length(buffer.at, 13, content);
  out = detail::store(write_length(out, 1, trace_id.size()), trace_id);
  out = detail::store(write_length(out, 2, span_id.size()), span_id);
  if (!trace_state.empty()) out = write_text_field(out, 3, trace_state);
  out = write_attribute_list(out, list);
  if (list_size.dropped != 0) {
    *out++ = tag(5, kVarint);
    out = write_varint(out, list_size.dropped);
  }
  *out++ = tag(6, kFixed32);
  out = detail::store(out, otlp_flags(context.flags(), context.remote()));
  commit(buffer, out);
  ++buffer.state.link_count;
}

void set_status(SpanBuffer& buffer, StatusCode code, std::string_view description) noexcept {
  const Change change(buffer);
  const auto current = static_cast<StatusCode>(buffer.record->status_code);
  const bool known = code == StatusCode::ok || code == StatusCode::error;
  if (!known || current == StatusCode::ok) return;
  take_prefix_in(buffer);
  remove_status_message(buffer);
  buffer.record->status_code = static_cast<uint8_t>(code);
  if (code != StatusCode::error || description.empty()) return;
  const size_t content = text_field_size(description) + 2;
  if (!ensure_room(buffer, field_size(content))) return;
  char* out = write_length(buffer.at, 15, content);
  out = write_text_field(out, 2, description);
  *out++ = tag(3, kVarint);
  *out++ = static_cast<char>(code);
  buffer.record->marks |= detail::kStatusOnWire;
  buffer.state.status_place = buffer.wire_used() + 1;
  commit(buffer, out);
}

void append_trace_state(SpanBuffer& buffer, std::string_view trace_state) noexcept {
  if (!ensure_room(buffer, text_field_size(trace_state))) return;
  commit(buffer, write_text_field(buffer.at, 3, trace_state));
}

}  // namespace cero::core

namespace cero::detail {

void set_attribute_slow(SpanBuffer& buffer, std::string_view key,
                        const AttributeValue& value) noexcept {
  using namespace core;
  const Change change(buffer);
  take_prefix_in(buffer);
  // Before it is written: what is dropped takes no room.
  if (key.empty() || (buffer.attributes_left == 0 && !has_attribute(buffer, key))) {
    ++buffer.record->dropped_attributes;
    return;
  }
  const size_t content = key_value_size(key, value, buffer.value_length_max);
  const size_t size = field_size(content);
  if (!ensure_room(buffer, size)) return;
  char* out = write_length(buffer.at, 9, content);
  out = write_key_value(out, key, value, buffer.value_length_max);
  CERO_ASSERT(out == buffer.at + size);

  // As it was written: a malformed key is found again under its mended form.
  const std::string_view written_key = attribute_key_at(buffer.at);
  const KeyHash hash(written_key);
  if (const FoundAttribute old = find_attribute(buffer, written_key, hash)) {
    replace_attribute(buffer, old, size);
  } else {
    CERO_ASSERT(buffer.attributes_left != 0);
    Appending(buffer).commit(buffer, hash, out);
  }
}

}  // namespace cero::detail
