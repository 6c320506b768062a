// Not API: the memory a span records itself into, laid out so that set_attribute can be inlined.
//
// A record is a RecordHeader followed by wire bytes: the name field first, then attributes, events,
// links and at most one status message, each a finished field of OTLP's Span message. end() copies
// a record to the ring in one piece.
#ifndef CERO_DETAIL_SPAN_BUFFER_H_
#define CERO_DETAIL_SPAN_BUFFER_H_

#include <array>
#include <atomic>
#include <bit>
#include <cstdint>
#include <string_view>

#include "cero/attribute.h"
#include "cero/detail/wire.h"
#include "cero/export.h"
#include "cero/span_context.h"

namespace cero::core {
class SpanPool;
class Runtime;
struct ScopeInfo;
}  // namespace cero::core

namespace cero::detail {

// What is never replaced is wire bytes; this is the rest of the span.
struct RecordHeader {
  uint32_t size_bytes;  // header and wire bytes
  uint32_t generation;  // of the provider that the span belongs to
  std::array<uint8_t, 16> trace_id;
  std::array<uint8_t, 8> span_id;
  std::array<uint8_t, 8> parent_span_id;  // zero: a root
  uint64_t start;  // both in clock ticks, or unix nanoseconds where `marks` says so
  uint64_t end;
  const core::ScopeInfo* scope;
  uint32_t dropped_attributes;
  uint32_t dropped_events;
  uint32_t dropped_links;
  uint32_t flags;  // as OTLP's Span.flags
  uint8_t kind;    // as OTLP's SpanKind
  uint8_t status_code;
  uint8_t marks;  // the bits below
  uint8_t unused;
};
static_assert(sizeof(RecordHeader) == 88 && alignof(RecordHeader) == 8);

constexpr uint8_t kStartIsUnix = 1;
constexpr uint8_t kEndIsUnix = 2;
constexpr uint8_t kHasTickEvents = 4;  // some event times among the wire bytes are still ticks
constexpr uint8_t kStatusOnWire = 8;   // with its message; otherwise status_code is all of it

// The tag of an event time that is still ticks: field number 0, which no finished message has.
constexpr char kTicksTag = tag(0, kFixed64);

enum class RecordFailure : uint8_t { none, too_large, no_memory };

constexpr size_t kIndexedAttributesMax = 128;
constexpr size_t kSpanBufferBytes = 2048;

struct SpanBuffer {
  // ---- What set_attribute touches
  RecordHeader* record;    // in this block, or in a larger one of its own
  uint32_t wire_used;      // bytes behind the header
  uint32_t wire_capacity;  // of which kOverwriteBytes stay free
  uint64_t key_filter;     // a bit per hash of a key that may exist
  uint32_t attribute_count;
  uint32_t
      attribute_room;  // the limit, at most kIndexedAttributesMax: beyond, the slow path decides
  uint32_t value_length_max;  // UINT32_MAX: no limit

  // ---- What other calls touch
  uint32_t attributes_begin;  // end of the name field; index offsets count from here
  uint32_t event_count;
  uint32_t link_count;
  uint32_t status_begin;  // of the status message's field among the wire bytes; 0: none
  uint32_t status_size;
  core::Runtime* runtime;  // null: no provider, the buffer holds a context only
  RecordFailure failure;   // why the span cannot be exported after all
  bool remote;             // context: only for a span that stands for a remote parent
  uint8_t trace_flags;
  TraceState trace_state;

  // ---- Where it goes back to
  core::SpanPool* pool;
  SpanBuffer* next;          // in a free list
  uint32_t own_block_bytes;  // of a larger record block; 0: the record is in this block

  std::array<uint8_t, kIndexedAttributesMax> attribute_tags;
  std::array<uint16_t, kIndexedAttributesMax> attribute_offsets;

  RecordHeader inline_record;  // wire bytes follow up to kSpanBufferBytes

  char* wire() noexcept { return reinterpret_cast<char*>(record + 1); }
  char* wire_end() noexcept { return wire() + wire_used; }
};
constexpr size_t kInlineWireBytes = kSpanBufferBytes - sizeof(SpanBuffer);
static_assert(kInlineWireBytes >= 1024);

// A key's place in the filter and the tag that finds it in the index. For a literal key the
// compiler computes all of it.
struct KeyHash {
  uint64_t filter_bit;
  uint8_t tag;

  [[gnu::always_inline]] explicit KeyHash(std::string_view key) noexcept {
    const char* text = key.data();
    const size_t size = key.size();
    uint64_t first = 0;
    uint64_t last = 0;
    if (size >= 8) {
      first = load<uint64_t>(text);
      last = load<uint64_t>(text + size - 8);
    } else if (size >= 4) {
      first = load<uint32_t>(text);
      last = load<uint32_t>(text + size - 4);
    } else if (size > 0) {
      first = static_cast<uint8_t>(text[0]);
      last = static_cast<uint64_t>(static_cast<uint8_t>(text[size / 2])) << 8 |
             static_cast<uint8_t>(text[size - 1]);
    }
    const uint64_t hash = (first ^ std::rotl(last, 23) ^ size) * 0x9e37'79b9'7f4a'7c15;
    filter_bit = uint64_t{1} << (hash >> 58);
    tag = static_cast<uint8_t>(hash >> 50);
  }
};

// Whether an attribute of this many bytes can simply be appended: its key cannot exist yet, and
// there is room.
[[gnu::always_inline]] inline bool can_append(const SpanBuffer& buffer, const KeyHash& hash,
                                              size_t size) noexcept {
  return (buffer.key_filter & hash.filter_bit) == 0 &&
         buffer.attribute_count < buffer.attribute_room &&
         buffer.wire_used + size + kOverwriteBytes <= buffer.wire_capacity;
}

[[gnu::always_inline]] inline void commit_attribute(SpanBuffer& buffer, const KeyHash& hash,
                                                    const char* end) noexcept {
  const uint32_t index = buffer.attribute_count++;
  buffer.attribute_tags[index] = hash.tag;
  buffer.attribute_offsets[index] =
      static_cast<uint16_t>(buffer.wire_used - buffer.attributes_begin);
  buffer.key_filter |= hash.filter_bit;
  buffer.wire_used = static_cast<uint32_t>(end - buffer.wire());
}

// The attribute up to its value: field 9 {key = 1, value = 2 {...}}, every length below 128.
// Returns the value's place; `seen` collects the key's bytes for the ASCII test.
[[gnu::always_inline]] inline char* write_key(char* out, std::string_view key, size_t value_size,
                                              uint64_t& seen) noexcept {
  *out++ = tag(9, kLength);
  *out++ = static_cast<char>(2 + key.size() + 2 + value_size);
  *out++ = tag(1, kLength);
  *out++ = static_cast<char>(key.size());
  seen |= copy_text(out, key);
  out += key.size();
  *out++ = tag(2, kLength);
  *out++ = static_cast<char>(value_size);
  return out;
}
constexpr size_t kShortAttributeMax = 127;  // a KeyValue whose length takes one byte
constexpr size_t kKeyOverhead = 6;          // field 9's tag and length, the key's and the value's

// Each tries the short way and returns false with nothing changed where it does not apply: a
// repeated key, an empty one, text that is not ASCII, no room, a limit reached. set_attribute_slow
// handles all of these.
[[gnu::always_inline]] inline bool try_append(SpanBuffer& buffer, std::string_view key,
                                              std::string_view value) noexcept {
  const KeyHash hash(key);
  const size_t value_size = 2 + value.size();
  const size_t size = kKeyOverhead + key.size() + value_size;
  if (size > kShortAttributeMax || key.empty() || value.size() > buffer.value_length_max ||
      !can_append(buffer, hash, size)) {
    return false;
  }
  uint64_t seen = 0;
  char* out = write_key(buffer.wire_end(), key, value_size, seen);
  *out++ = tag(1, kLength);
  *out++ = static_cast<char>(value.size());
  seen |= copy_text(out, value);
  if ((seen & kNonAsciiMask) != 0) return false;
  commit_attribute(buffer, hash, out + value.size());
  return true;
}

template <typename WriteValue>
[[gnu::always_inline]] inline bool try_append_number(SpanBuffer& buffer, std::string_view key,
                                                     size_t value_size,
                                                     WriteValue write_value) noexcept {
  const KeyHash hash(key);
  const size_t size = kKeyOverhead + key.size() + value_size;
  if (size > kShortAttributeMax || key.empty() || !can_append(buffer, hash, size)) return false;
  uint64_t seen = 0;
  char* out = write_key(buffer.wire_end(), key, value_size, seen);
  if ((seen & kNonAsciiMask) != 0) return false;
  commit_attribute(buffer, hash, write_value(out));
  return true;
}

[[gnu::always_inline]] inline bool try_append(SpanBuffer& buffer, std::string_view key,
                                              int64_t value) noexcept {
  const auto bits = static_cast<uint64_t>(value);
  return try_append_number(buffer, key, 1 + varint_size(bits), [bits](char* out) {
    *out++ = tag(3, kVarint);
    return write_varint_fast(out, bits);
  });
}

[[gnu::always_inline]] inline bool try_append(SpanBuffer& buffer, std::string_view key,
                                              bool value) noexcept {
  return try_append_number(buffer, key, 2, [value](char* out) {
    *out++ = tag(2, kVarint);
    *out++ = static_cast<char>(value);
    return out;
  });
}

[[gnu::always_inline]] inline bool try_append(SpanBuffer& buffer, std::string_view key,
                                              double value) noexcept {
  return try_append_number(buffer, key, 9, [value](char* out) {
    *out++ = tag(4, kFixed64);
    return store(out, value);
  });
}

CERO_API void set_attribute_slow(SpanBuffer& buffer, std::string_view key,
                                 const AttributeValue& value) noexcept;

}  // namespace cero::detail

#endif  // CERO_DETAIL_SPAN_BUFFER_H_
