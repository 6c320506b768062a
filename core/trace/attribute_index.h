// The attributes that a span has already: found by key, replaced, removed.
//
// Wire bytes after the name are finished fields of OTLP's Span message, of any kind and in the
// order of the calls. An index of tags and offsets is made when a key may exist already, not
// before; it reaches as far as it has room, in number and in 16 bits, and what lies behind is
// walked.
#ifndef CERO_CORE_TRACE_ATTRIBUTE_INDEX_H_
#define CERO_CORE_TRACE_ATTRIBUTE_INDEX_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "cero/detail/span_buffer.h"

namespace cero::core {

using detail::SpanBuffer;

// The place of an attribute among the wire bytes; its index entry, for those the index holds.
struct FoundAttribute {
  static constexpr size_t kNone = SIZE_MAX;

  explicit operator bool() const noexcept { return begin != kNone; }

  size_t begin = kNone;
  size_t index = kNone;
};

// The size of the field that begins here; the key of an attribute's.
size_t field_size_at(const char* field) noexcept;
std::string_view attribute_key_at(const char* field) noexcept;

// `key` as it is written, which is not how it was given if that was malformed.
FoundAttribute find_attribute(SpanBuffer& buffer, std::string_view key,
                              const detail::KeyHash& hash) noexcept;
// `key` as it was given.
bool has_attribute(SpanBuffer& buffer, std::string_view key) noexcept;

// The field of `size` bytes that was written behind the wire bytes takes the place of an older one.
void replace_attribute(SpanBuffer& buffer, const FoundAttribute& old, size_t size) noexcept;

// Takes `size` bytes out of the wire bytes, and keeps the index and the status place true; written
// but uncommitted ones up to `end` move along.
void remove_bytes(SpanBuffer& buffer, size_t begin, size_t size, const char* end) noexcept;

}  // namespace cero::core

#endif  // CERO_CORE_TRACE_ATTRIBUTE_INDEX_H_
