// Not API: the memory a span records itself into, laid out so that set_attribute can be inlined.
//
// A record is a RecordHeader followed by wire bytes: the name field first, then attributes, events,
// links, at most one status message and, at its end, tracestate, each a finished field of OTLP's
// Span message. end() copies a record to the ring in one piece; over kRingRecordBytesMax it gives
// the ring the record's block instead. The record of a prepared span names the bytes that it begins
// with by a number, and has only what follows them.
//
// A signal handler may end a span that its own thread is at: it runs from begin to end between two
// instructions of the call it interrupts, so all that counts is the order of stores, which compiler
// fences keep. The call then goes on in a buffer that nobody exports any more.
//
// S1  Wire bytes up to `at` are whole fields, but while access is `changing`. What is short writes
//     behind `at` and moves it last.
// S2  `record` is a block that is not freed, at any time.
// S3  Who ends a span has taken its Span's pointer to it before; two can have it only if a handler
//     came between load and store of that. It is over with the end when the other goes on, which
//     then finds `ended`.
#ifndef CERO_DETAIL_SPAN_BUFFER_H_
#define CERO_DETAIL_SPAN_BUFFER_H_

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "cero/attribute.h"
#include "cero/detail/wire.h"
#include "cero/export.h"
#include "cero/span_context.h"

namespace cero::core {
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
  uint32_t prefix;  // number of the bytes that come before these wire bytes; 0: none
};
static_assert(sizeof(RecordHeader) == 88 && alignof(RecordHeader) == 8);

constexpr uint8_t kStartIsUnix = 1;
constexpr uint8_t kEndIsUnix = 2;
constexpr uint8_t kHasTickEvents = 4;  // some event times among the wire bytes are still ticks
constexpr uint8_t kStatusOnWire = 8;   // with its message; otherwise status_code is all of it
constexpr uint8_t kInBlock = 16;       // in a ring: stands for a record in a block of its own

// The tag of an event time that is still ticks: field number 0, which no finished message has.
constexpr char kTicksTag = tag(0, kFixed64);

enum class RecordFailure : uint8_t { none, too_large, no_memory };

constexpr size_t kIndexedAttributesMax = 128;
constexpr size_t kSpanBufferBytes = 2048;
constexpr size_t kGuestBytes = 96;

// What recording keeps besides the bytes; all zero when a span starts.
struct RecordState {
  uint64_t key_filter;  // a bit per hash of a key that may exist
  uint32_t event_count;
  uint32_t link_count;
  uint32_t status_place;  // behind where the status message's field begins; 0: there is none
  uint32_t name_size;     // of the name's field; the index counts from its end
  uint16_t index_end;     // how far the index reaches: attributes behind it are not in it yet
  uint16_t prefix_bytes;  // of the record's prefix, while that is not in the buffer
  uint8_t index_count;    // attributes in the index
  RecordFailure failure;  // why the span cannot be exported after all
};
static_assert(sizeof(RecordState) == 32);
static_assert(kIndexedAttributesMax <= UINT8_MAX);

// Two bytes wide, so that a span's start clears it together with the two before it.
enum class RecordAccess : uint16_t { open, changing, ended };

struct SpanBuffer {
  // ---- What set_attribute touches
  char* at;                   // where the next wire byte goes
  char* limit;                // the last place `at` may reach; kOverwriteBytes follow it
  RecordHeader* record;       // in this block, or in a larger one of its own
  uint32_t attributes_left;   // how many more the span may have
  uint32_t value_length_max;  // UINT32_MAX: no limit
  RecordState state;

  // ---- What other calls touch
  core::Runtime* runtime;
  bool ids_pending;  // context: of an unsampled root whose ids nobody has asked for yet
  bool remote;       // context: only for a span that stands for a remote parent
  RecordAccess access;
  uint8_t trace_flags;
  TraceState trace_state;

  // ---- Where it goes back to
  std::atomic<SpanBuffer*> next;  // in the depot
  uint32_t made_after_forks;      // of which process it is (core/base/fork.h), or that it is loose
  uint32_t own_block_bytes;       // of a larger record block; 0: the record is in this block

  // Room for an object of whoever wraps the span for another API (detail/span_access.h).
  alignas(16) std::array<std::byte, kGuestBytes> guest;

  // Filled when a key may exist already, not before: most spans never need it.
  std::array<uint8_t, kIndexedAttributesMax> index_tags;
  std::array<uint16_t, kIndexedAttributesMax> index_offsets;

  RecordHeader inline_record;  // wire bytes follow up to kSpanBufferBytes

  char* wire() noexcept { return reinterpret_cast<char*>(record + 1); }
  uint32_t wire_used() noexcept { return static_cast<uint32_t>(at - wire()); }
  // Whether `bytes` more fit.
  bool has_room(size_t bytes) const noexcept { return bytes <= static_cast<size_t>(limit - at); }
  // The record lies in a block of `block_bytes` from here on.
  void place_record(RecordHeader* place, size_t block_bytes, size_t wire_bytes) noexcept {
    record = place;
    at = wire() + wire_bytes;
    limit = reinterpret_cast<char*>(place) + block_bytes - kOverwriteBytes;
  }
};
constexpr size_t kInlineRecordBytes = kSpanBufferBytes - sizeof(SpanBuffer) + sizeof(RecordHeader);
static_assert(kInlineRecordBytes >= 1024 + sizeof(RecordHeader));

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

// What appending reads, all at once and before any branch: between attributes that follow each
// other the compiler then keeps it in registers instead of storing and loading it again.
struct Appending {
  [[gnu::always_inline]] explicit Appending(const SpanBuffer& buffer) noexcept
      : at(buffer.at),
        room(static_cast<size_t>(buffer.limit - buffer.at)),
        key_filter(buffer.state.key_filter),
        attributes_left(buffer.attributes_left),
        value_length_max(buffer.value_length_max) {}

  // Whether an attribute of this many bytes can simply be appended: its key cannot exist yet, and
  // there is room.
  [[gnu::always_inline]] bool can_take(const KeyHash& hash, size_t size) const noexcept {
    return (key_filter & hash.filter_bit) == 0 && attributes_left != 0 && size <= room;
  }
  [[gnu::always_inline]] void commit(SpanBuffer& buffer, const KeyHash& hash,
                                     char* end) const noexcept {
    // S1. Before all of what the next attribute reads: the compiler can keep that in registers.
    std::atomic_signal_fence(std::memory_order_release);
    buffer.attributes_left = attributes_left - 1;
    buffer.state.key_filter = key_filter | hash.filter_bit;
    buffer.at = end;
  }

  char* at;
  size_t room;
  uint64_t key_filter;
  uint32_t attributes_left;
  uint32_t value_length_max;
};

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
  const Appending appending(buffer);
  if (size > kShortAttributeMax || key.empty() || value.size() > appending.value_length_max ||
      !appending.can_take(hash, size)) [[unlikely]] {
    return false;
  }
  uint64_t seen = 0;
  char* out = write_key(appending.at, key, value_size, seen);
  *out++ = tag(1, kLength);
  *out++ = static_cast<char>(value.size());
  seen |= copy_text(out, value);
  if ((seen & kNonAsciiMask) != 0) [[unlikely]]
    return false;
  appending.commit(buffer, hash, out + value.size());
  return true;
}

template <typename WriteValue>
[[gnu::always_inline]] inline bool try_append_number(SpanBuffer& buffer, std::string_view key,
                                                     size_t value_size,
                                                     WriteValue write_value) noexcept {
  const KeyHash hash(key);
  const size_t size = kKeyOverhead + key.size() + value_size;
  const Appending appending(buffer);
  if (size > kShortAttributeMax || key.empty() || !appending.can_take(hash, size)) [[unlikely]]
    return false;
  uint64_t seen = 0;
  char* out = write_key(appending.at, key, value_size, seen);
  if ((seen & kNonAsciiMask) != 0) [[unlikely]]
    return false;
  appending.commit(buffer, hash, write_value(out));
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

// Cold: that keeps it out of the way of the code around the short way.
[[gnu::cold]] CERO_API void set_attribute_slow(SpanBuffer& buffer, std::string_view key,
                                               const AttributeValue& value) noexcept;

// A status without a message, which replaces none: returns false with nothing changed otherwise.
[[gnu::always_inline]] inline bool try_set_status(SpanBuffer& buffer, uint8_t code) noexcept {
  constexpr uint8_t kOk = 1;
  constexpr uint8_t kError = 2;
  if (buffer.state.status_place != 0) return false;
  const bool known = code == kOk || code == kError;
  if (known && buffer.record->status_code != kOk) buffer.record->status_code = code;
  return true;
}

}  // namespace cero::detail

#endif  // CERO_DETAIL_SPAN_BUFFER_H_
