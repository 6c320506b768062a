#include "trace/attribute_index.h"

#include <cstring>

#include "base/assert.h"
#include "base/utf8.h"

namespace cero::core {
namespace {

using detail::KeyHash;
using detail::kIndexedAttributesMax;
using detail::kLength;
using detail::RecordState;
using detail::tag;

constexpr char kAttributeTag = tag(9, kLength);

uint64_t read_varint(const char*& at) noexcept {
  uint64_t value = 0;
  for (int shift = 0;; shift += 7) {
    const auto byte = static_cast<uint8_t>(*at++);
    value |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
}

// Takes the attributes that were appended since into the index, as far as it has room.
void extend_index(SpanBuffer& buffer) noexcept {
  RecordState& state = buffer.state;
  const char* const begin = buffer.wire() + state.name_size;
  const char* field = begin + state.index_end;
  while (field < buffer.at && state.index_count < kIndexedAttributesMax) {
    const char* const next = field + field_size_at(field);
    if (next - begin > UINT16_MAX) break;
    if (*field == kAttributeTag) {
      buffer.index_tags[state.index_count] = KeyHash(attribute_key_at(field)).tag;
      buffer.index_offsets[state.index_count++] = static_cast<uint16_t>(field - begin);
    }
    field = next;
  }
  state.index_end = static_cast<uint16_t>(field - begin);
}

FoundAttribute find_indexed(SpanBuffer& buffer, std::string_view key, uint8_t key_tag) noexcept {
  for (size_t index = 0; index < buffer.state.index_count; ++index) {
    if (buffer.index_tags[index] != key_tag) continue;
    const size_t begin = size_t{buffer.state.name_size} + buffer.index_offsets[index];
    if (attribute_key_at(buffer.wire() + begin) == key) return {begin, index};
  }
  return {};
}

// From this place among the wire bytes on.
template <typename IsKey>
FoundAttribute find_by_walking(SpanBuffer& buffer, size_t begin, IsKey is_key) noexcept {
  const char* field = buffer.wire() + begin;
  while (field < buffer.at) {
    if (*field == kAttributeTag && is_key(attribute_key_at(field)))
      return {static_cast<size_t>(field - buffer.wire()), FoundAttribute::kNone};
    field += field_size_at(field);
  }
  return {};
}

void forget_index_entry(SpanBuffer& buffer, size_t index) noexcept {
  const size_t behind = --buffer.state.index_count - index;
  uint8_t* const tags = buffer.index_tags.data() + index;
  uint16_t* const offsets = buffer.index_offsets.data() + index;
  std::memmove(tags, tags + 1, behind * sizeof *tags);
  std::memmove(offsets, offsets + 1, behind * sizeof *offsets);
}

}  // namespace

size_t field_size_at(const char* field) noexcept {
  const char* at = field + 1;
  const size_t content = read_varint(at);
  return static_cast<size_t>(at - field) + content;
}

std::string_view attribute_key_at(const char* field) noexcept {
  CERO_ASSERT(*field == kAttributeTag);
  const char* at = field + 1;
  read_varint(at);
  CERO_ASSERT(*at == tag(1, kLength));
  ++at;
  const size_t key_size = read_varint(at);
  return {at, key_size};
}

FoundAttribute find_attribute(SpanBuffer& buffer, std::string_view key,
                              const KeyHash& hash) noexcept {
  if ((buffer.state.key_filter & hash.filter_bit) == 0) return {};
  extend_index(buffer);
  const FoundAttribute found = find_indexed(buffer, key, hash.tag);
  if (found) return found;
  return find_by_walking(buffer, size_t{buffer.state.name_size} + buffer.state.index_end,
                         [&](std::string_view other) { return other == key; });
}

bool has_attribute(SpanBuffer& buffer, std::string_view key) noexcept {
  if (find_attribute(buffer, key, KeyHash(key))) return true;
  if (is_ascii(key)) return false;  // it is written as it is
  return static_cast<bool>(
      find_by_walking(buffer, buffer.state.name_size,
                      [&](std::string_view other) { return same_text(other, key); }));
}

void replace_attribute(SpanBuffer& buffer, const FoundAttribute& old, size_t size) noexcept {
  CERO_ASSERT(old && buffer.has_room(size));
  char* const place = buffer.wire() + old.begin;
  const size_t old_size = field_size_at(place);
  if (old_size == size) {
    std::memcpy(place, buffer.at, size);
    return;
  }
  if (old.index != FoundAttribute::kNone) forget_index_entry(buffer, old.index);
  remove_bytes(buffer, old.begin, old_size, buffer.at + size);
  buffer.at += size;
}

void remove_bytes(SpanBuffer& buffer, size_t begin, size_t size, const char* end) noexcept {
  RecordState& state = buffer.state;
  char* const place = buffer.wire() + begin;
  CERO_ASSERT(place + size <= buffer.at && buffer.at <= end);
  std::memmove(place, place + size, static_cast<size_t>(end - (place + size)));
  buffer.at -= size;
  const size_t offset = begin - state.name_size;
  for (size_t index = 0; index < state.index_count; ++index) {
    uint16_t& other = buffer.index_offsets[index];
    if (other > offset) other = static_cast<uint16_t>(other - size);
  }
  if (state.index_end > offset) state.index_end = static_cast<uint16_t>(state.index_end - size);
  if (state.status_place > begin + 1) state.status_place -= static_cast<uint32_t>(size);
}

}  // namespace cero::core
