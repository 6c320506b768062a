#include "trace/span_recorder.h"

#include <algorithm>
#include <cstring>

#include "base/assert.h"
#include "base/attribute_encoding.h"
#include "base/planted_bug.h"
#include "trace/runtime.h"
#include "trace/span_pool.h"

namespace cero::core {
namespace {

using detail::KeyHash;
using detail::kFixed32;
using detail::kFixed64;
using detail::kIndexedAttributesMax;
using detail::kLength;
using detail::kOverwriteBytes;
using detail::kTicksTag;
using detail::kVarint;
using detail::RecordFailure;
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

// Room for `bytes` more, or the span is marked as one that cannot be exported.
bool ensure_room(SpanBuffer& buffer, size_t bytes) noexcept {
  if (buffer.wire_used + bytes + kOverwriteBytes <= buffer.wire_capacity) return true;
  if (buffer.failure != RecordFailure::none) return false;
  buffer.failure = grow(buffer, bytes,
                        buffer.runtime->settings().span_bytes_max.load(std::memory_order_relaxed));
  return buffer.failure == RecordFailure::none;
}

void commit(SpanBuffer& buffer, const char* end) noexcept {
  buffer.wire_used = static_cast<uint32_t>(end - buffer.wire());
  CERO_ASSERT(buffer.wire_used + kOverwriteBytes <= buffer.wire_capacity);
}

// The key of the attribute field that begins here, and the whole field's size.
struct FieldView {
  std::string_view key;
  size_t size;
};

uint64_t read_varint(const char*& at) noexcept {
  uint64_t value = 0;
  for (int shift = 0;; shift += 7) {
    const auto byte = static_cast<uint8_t>(*at++);
    value |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
}

FieldView attribute_at(const char* field) noexcept {
  CERO_ASSERT(*field == tag(9, kLength));
  const char* at = field + 1;
  const size_t content = read_varint(at);
  const size_t size = static_cast<size_t>(at - field) + content;
  CERO_ASSERT(*at == tag(1, kLength));
  ++at;
  const size_t key_size = read_varint(at);
  return {{at, key_size}, size};
}

constexpr size_t kNotFound = SIZE_MAX;

// The place of an attribute among the wire bytes, through the index for those it holds, field by
// field for the rest.
struct Found {
  size_t begin = kNotFound;
  size_t index = kNotFound;
};

Found find_indexed(SpanBuffer& buffer, std::string_view key, uint8_t key_tag) noexcept {
  const size_t count = std::min<size_t>(buffer.attribute_count, kIndexedAttributesMax);
  for (size_t index = 0; index < count; ++index) {
    if (buffer.attribute_tags[index] != key_tag) continue;
    const size_t begin = buffer.attributes_begin + buffer.attribute_offsets[index];
    if (attribute_at(buffer.wire() + begin).key == key) return {begin, index};
  }
  return {};
}

Found find_by_walking(SpanBuffer& buffer, std::string_view key, size_t end) noexcept {
  size_t at = buffer.attributes_begin;
  while (at < end) {
    const char* field = buffer.wire() + at;
    if (*field == tag(9, kLength)) {
      const FieldView view = attribute_at(field);
      if (view.key == key) return {at, kNotFound};
    }
    const char* content = field + 1;
    const size_t size = read_varint(content);
    at = static_cast<size_t>(content - buffer.wire()) + size;
  }
  return {};
}

Found find_attribute(SpanBuffer& buffer, std::string_view key, const KeyHash& hash,
                     size_t end) noexcept {
  if ((buffer.key_filter & hash.filter_bit) == 0) return {};
  const Found found = find_indexed(buffer, key, hash.tag);
  if (found.begin != kNotFound || buffer.attribute_count <= kIndexedAttributesMax) return found;
  return find_by_walking(buffer, key, end);
}

// Takes `size` bytes out of the wire bytes, of which `used` count (written but uncommitted ones
// behind wire_used move along).
void remove_bytes(SpanBuffer& buffer, size_t begin, size_t size, size_t used) noexcept {
  CERO_ASSERT(begin + size <= used);
  char* const wire = buffer.wire();
  std::memmove(wire + begin, wire + begin + size, used - begin - size);
  const size_t count = std::min<size_t>(buffer.attribute_count, kIndexedAttributesMax);
  for (size_t index = 0; index < count; ++index) {
    uint16_t& offset = buffer.attribute_offsets[index];
    if (buffer.attributes_begin + offset > begin) offset = static_cast<uint16_t>(offset - size);
  }
  if (buffer.status_size != 0 && buffer.status_begin > begin)
    buffer.status_begin -= static_cast<uint32_t>(size);
  buffer.wire_used -= static_cast<uint32_t>(size);
}

// The field that was written at [wire_used, end) becomes the attribute's value.
void commit_replacement(SpanBuffer& buffer, const Found& old, const KeyHash& hash,
                        size_t size) noexcept {
  const size_t old_size = attribute_at(buffer.wire() + old.begin).size;
  if (old_size == size) {
    std::memcpy(buffer.wire() + old.begin, buffer.wire_end(), size);
    return;
  }
  remove_bytes(buffer, old.begin, old_size, buffer.wire_used + size);
  if (old.index != kNotFound) {
    buffer.attribute_tags[old.index] = hash.tag;
    buffer.attribute_offsets[old.index] =
        static_cast<uint16_t>(buffer.wire_used - buffer.attributes_begin);
  }
  commit(buffer, buffer.wire_end() + size);
}

void commit_new(SpanBuffer& buffer, const KeyHash& hash, size_t size) noexcept {
  if (buffer.attribute_count < kIndexedAttributesMax) {
    commit_attribute(buffer, hash, buffer.wire_end() + size);
    return;
  }
  ++buffer.attribute_count;
  buffer.key_filter |= hash.filter_bit;
  commit(buffer, buffer.wire_end() + size);
}

void remove_status_message(SpanBuffer& buffer) noexcept {
  if (buffer.status_size == 0) return;
  const uint32_t begin = buffer.status_begin;
  const uint32_t size = buffer.status_size;
  buffer.status_size = 0;
  buffer.record->marks &= static_cast<uint8_t>(~detail::kStatusOnWire);
  remove_bytes(buffer, begin, size, buffer.wire_used);
}

AttributeList limited(const SpanBuffer& buffer, Attributes attributes, uint32_t field,
                      uint32_t count_max) noexcept {
  return {attributes, field, count_max, buffer.value_length_max};
}

}  // namespace

void write_name(SpanBuffer& buffer, std::string_view name) noexcept {
  CERO_ASSERT(buffer.wire_used == 0);
  buffer.attributes_begin = 0;
  if (name.empty()) return;
  if (name.size() <= detail::kShortCopyMax) {
    char* out = buffer.wire();
    *out++ = tag(5, kLength);
    *out++ = static_cast<char>(name.size());
    if ((detail::copy_short(out, name.data(), name.size()) & detail::kNonAsciiMask) == 0) {
      buffer.wire_used = buffer.attributes_begin = static_cast<uint32_t>(2 + name.size());
      return;
    }
  }
  if (!ensure_room(buffer, text_field_size(name))) return;
  commit(buffer, write_text_field(buffer.wire(), 5, name));
  buffer.attributes_begin = buffer.wire_used;
}

void replace_name(SpanBuffer& buffer, std::string_view name) noexcept {
  const size_t new_size = name.empty() ? 0 : text_field_size(name);
  const size_t old_size = buffer.attributes_begin;
  if (new_size > old_size && !ensure_room(buffer, new_size - old_size)) return;
  char* const wire = buffer.wire();
  std::memmove(wire + new_size, wire + old_size, buffer.wire_used - old_size);
  if (!name.empty()) write_text_field(wire, 5, name);
  // Index offsets count from attributes_begin, so they hold as they are.
  if (buffer.status_size != 0)
    buffer.status_begin = static_cast<uint32_t>(buffer.status_begin + new_size - old_size);
  buffer.wire_used = static_cast<uint32_t>(buffer.wire_used + new_size - old_size);
  buffer.attributes_begin = static_cast<uint32_t>(new_size);
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
  const Runtime::Settings& settings = buffer.runtime->settings();
  if (buffer.event_count >= settings.events_max.load(std::memory_order_relaxed)) {
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

  char* out = write_length(buffer.wire_end(), 11, content);
  *out++ = time_is_ticks ? kTicksTag : tag(1, kFixed64);
  out = detail::store(out, time);
  if (!name.empty()) out = write_text_field(out, 2, name);
  out = write_attribute_list(out, list);
  if (list_size.dropped != 0) {
    *out++ = tag(4, kVarint);
    out = write_varint(out, list_size.dropped);
  }
  commit(buffer, out);
  ++buffer.event_count;
  if (time_is_ticks) buffer.record->marks |= detail::kHasTickEvents;
}

void add_link(SpanBuffer& buffer, const SpanContext& context, Attributes attributes) noexcept {
  if (!context.valid() && attributes.empty() && context.trace_state().empty()) return;
  const Runtime::Settings& settings = buffer.runtime->settings();
  if (buffer.link_count >= settings.links_max.load(std::memory_order_relaxed)) {
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

  char* out = write_length(buffer.wire_end(), 13, content);
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
  ++buffer.link_count;
}

void set_status(SpanBuffer& buffer, StatusCode code, std::string_view description) noexcept {
  const auto current = static_cast<StatusCode>(buffer.record->status_code);
  if (code == StatusCode::unset || current == StatusCode::ok) return;
  remove_status_message(buffer);
  buffer.record->status_code = static_cast<uint8_t>(code);
  if (code != StatusCode::error || description.empty()) return;
  const size_t content = text_field_size(description) + 2;
  if (!ensure_room(buffer, field_size(content))) return;
  char* out = write_length(buffer.wire_end(), 15, content);
  out = write_text_field(out, 2, description);
  *out++ = tag(3, kVarint);
  *out++ = static_cast<char>(code);
  buffer.record->marks |= detail::kStatusOnWire;
  buffer.status_begin = buffer.wire_used;
  buffer.status_size = static_cast<uint32_t>(out - buffer.wire_end());
  commit(buffer, out);
}

void append_trace_state(SpanBuffer& buffer, std::string_view trace_state) noexcept {
  if (!ensure_room(buffer, text_field_size(trace_state))) return;
  commit(buffer, write_text_field(buffer.wire_end(), 3, trace_state));
}

}  // namespace cero::core

namespace cero::detail {

void set_attribute_slow(SpanBuffer& buffer, std::string_view key,
                        const AttributeValue& value) noexcept {
  using namespace core;
  if (key.empty()) {
    ++buffer.record->dropped_attributes;
    return;
  }
  const size_t content = key_value_size(key, value, buffer.value_length_max);
  const size_t size = field_size(content);
  if (!ensure_room(buffer, size)) return;
  char* out = write_length(buffer.wire_end(), 9, content);
  out = write_key_value(out, key, value, buffer.value_length_max);
  CERO_ASSERT(out == buffer.wire_end() + size);

  // As it was written: a malformed key is found again under its mended form.
  const std::string_view written_key = attribute_at(buffer.wire_end()).key;
  const KeyHash hash(written_key);
  const Found old = find_attribute(buffer, written_key, hash, buffer.wire_used);
  if (old.begin != kNotFound) {
    commit_replacement(buffer, old, hash, size);
  } else if (buffer.attribute_count >=
             buffer.runtime->settings().attributes_max.load(std::memory_order_relaxed)) {
    ++buffer.record->dropped_attributes;
  } else {
    commit_new(buffer, hash, size);
  }
}

}  // namespace cero::detail
