#include "base/attribute_encoding.h"

#include <algorithm>
#include <cstring>
#include <span>
#include <string_view>

#include "base/assert.h"
#include "cero/detail/wire.h"

namespace cero::core {
namespace {

using detail::kFixed64;
using detail::kLength;
using detail::kVarint;
using detail::tag;
using detail::varint_size;
using detail::write_varint;
using Kind = AttributeValue::Kind;

// A map takes three messages of OTLP for a level, its span or event seven around the value, and
// protobuf decoders follow 100 by default: one span that is deeper would cost its whole request.
// The specification's 64 is more than any of them reads [spec 2.1].
constexpr uint32_t kDepthMax = 31;
constexpr size_t kDecimalDigitsMax = 20;

struct Limits {
  uint32_t length_max;
  uint32_t depth;  // of the value at hand; the top-level one is 1
  Limits deeper() const noexcept { return {length_max, depth + 1}; }
};

size_t length_field_size(size_t content) noexcept { return 1 + varint_size(content) + content; }

char* write_length(char* out, uint32_t field, size_t content) noexcept {
  *out++ = tag(field, kLength);
  return write_varint(out, content);
}

int64_t integer_at(const AttributeValue& value, size_t index) noexcept {
  switch (value.element_bytes()) {
    case 1:
      return value.elements<int8_t>()[index];  // one unsigned byte is bytes, not an integer
    case 2:
      return value.element_signed() ? value.elements<int16_t>()[index]
                                    : value.elements<uint16_t>()[index];
    case 4:
      // No conditional expression: its type would be the unsigned one.
      if (value.element_signed()) return value.elements<int32_t>()[index];
      return value.elements<uint32_t>()[index];
    default:
      return value.elements<int64_t>()[index];
  }
}

// An array's or map's elements as values of their own.
AttributeValue element_at(const AttributeValue& value, size_t index) noexcept {
  switch (value.kind()) {
    case Kind::boolean_array:
      return value.elements<bool>()[index];
    case Kind::integer_array:
      if (value.element_bytes() == 8 && !value.element_signed())
        return value.elements<uint64_t>()[index];
      return integer_at(value, index);
    case Kind::floating_array:
      if (value.element_bytes() == sizeof(float)) return value.elements<float>()[index];
      return value.elements<double>()[index];
    case Kind::string_array:
      return value.elements<std::string_view>()[index];
    case Kind::owned_string_array:
      return value.elements<std::string>()[index];
    case Kind::value_array:
      return value.elements<AttributeValue>()[index];
    default:
      return {};
  }
}

size_t decimal(uint64_t value, char (&digits)[kDecimalDigitsMax]) noexcept {
  size_t size = 0;
  do {
    digits[size++] = static_cast<char>('0' + value % 10);
    value /= 10;
  } while (value != 0);
  std::reverse(digits, digits + size);
  return size;
}

const Attribute* find_key(std::string_view key, const Attribute* begin,
                          const Attribute* end) noexcept {
  return std::find_if(begin, end,
                      [&](const Attribute& other) { return same_text(other.key, key); });
}

// The last one of its key.
const AttributeValue& last_value(const Attribute* of, const Attribute* end) noexcept {
  const AttributeValue* value = &of->value;
  for (const Attribute* at = of; (at = find_key(of->key, at + 1, end)) != end;) value = &at->value;
  return *value;
}

// Calls visit(attribute) for each one to keep; returns the number dropped: of all that have no key
// or one over the limit. A key's place is its first, its value the last. Each one is compared with
// those that are kept alone, so that it takes no longer in a list far over the limit.
template <typename Visit>
uint32_t visit_kept(const AttributeList& list, Visit visit) noexcept {
  uint32_t kept = 0;
  uint32_t dropped = 0;
  const Attribute* const begin = list.attributes.begin();
  const Attribute* const end = list.attributes.end();
  const Attribute* kept_end = begin;  // behind the last one that is kept
  for (const Attribute* at = begin; at != end; ++at) {
    const bool has_key = !at->key.empty();
    if (has_key && find_key(at->key, begin, kept_end) != kept_end) continue;
    if (!has_key || kept == list.count_max) {
      ++dropped;
      continue;
    }
    visit(Attribute{at->key, last_value(at, end)});
    ++kept;
    kept_end = at + 1;
  }
  return dropped;
}

// Calls visit(entry) for each key of a map: the first place, the last value, as of a list. Here an
// empty key is a key.
template <typename Visit>
void visit_entries(std::span<const Attribute> map, Visit visit) noexcept {
  const Attribute* const begin = map.data();
  const Attribute* const end = begin + map.size();
  for (const Attribute* at = begin; at != end; ++at) {
    if (find_key(at->key, begin, at) == at) visit(Attribute{at->key, last_value(at, end)});
  }
}

size_t any_value_size(const AttributeValue& value, Limits limits) noexcept;
char* write_any_value(char* out, const AttributeValue& value, Limits limits) noexcept;

size_t entry_size(const Attribute& attribute, Limits limits) noexcept {
  const size_t value_size = length_field_size(any_value_size(attribute.value, limits));
  return attribute.key.empty() ? value_size : text_field_size(attribute.key) + value_size;
}

char* write_entry(char* out, const Attribute& attribute, Limits limits) noexcept {
  if (!attribute.key.empty()) out = write_text_field(out, 1, attribute.key);
  out = write_length(out, 2, any_value_size(attribute.value, limits));
  return write_any_value(out, attribute.value, limits);
}

// Content of an ArrayValue or KeyValueList.
size_t elements_size(const AttributeValue& value, Limits limits) noexcept {
  size_t size = 0;
  if (value.kind() == Kind::map) {
    visit_entries(value.elements<Attribute>(), [&](const Attribute& entry) {
      size += length_field_size(entry_size(entry, limits));
    });
  } else {
    for (size_t i = 0; i < value.element_count(); ++i) {
      size += length_field_size(any_value_size(element_at(value, i), limits));
    }
  }
  return size;
}

char* write_elements(char* out, const AttributeValue& value, Limits limits) noexcept {
  if (value.kind() == Kind::map) {
    visit_entries(value.elements<Attribute>(), [&](const Attribute& entry) {
      out = write_entry(write_length(out, 1, entry_size(entry, limits)), entry, limits);
    });
    return out;
  }
  for (size_t i = 0; i < value.element_count(); ++i) {
    const AttributeValue element = element_at(value, i);
    out = write_any_value(write_length(out, 1, any_value_size(element, limits)), element, limits);
  }
  return out;
}

size_t any_value_size(const AttributeValue& value, Limits limits) noexcept {
  switch (value.kind()) {
    case Kind::null:
      return 0;
    case Kind::boolean:
      return 2;
    case Kind::integer:
      return 1 + varint_size(static_cast<uint64_t>(value.integer()));
    case Kind::unsigned_integer: {
      if (value.unsigned_integer() <= INT64_MAX) return 1 + varint_size(value.unsigned_integer());
      char digits[kDecimalDigitsMax];
      return 2 + decimal(value.unsigned_integer(), digits);
    }
    case Kind::floating:
      return 9;
    case Kind::string:
      return length_field_size(text_size(value.string(), limits.length_max));
    case Kind::bytes:
      return length_field_size(std::min<size_t>(value.element_count(), limits.length_max));
    default:
      // An array or map deeper than the limit becomes the empty value.
      return limits.depth > kDepthMax ? 0
                                      : length_field_size(elements_size(value, limits.deeper()));
  }
}

char* write_any_value(char* out, const AttributeValue& value, Limits limits) noexcept {
  switch (value.kind()) {
    case Kind::null:
      return out;
    case Kind::boolean:
      *out++ = tag(2, kVarint);
      *out++ = static_cast<char>(value.boolean());
      return out;
    case Kind::integer:
      *out++ = tag(3, kVarint);
      return write_varint(out, static_cast<uint64_t>(value.integer()));
    case Kind::unsigned_integer: {
      if (value.unsigned_integer() <= INT64_MAX) {
        *out++ = tag(3, kVarint);
        return write_varint(out, value.unsigned_integer());
      }
      char digits[kDecimalDigitsMax];
      return write_text_field(out, 1, {digits, decimal(value.unsigned_integer(), digits)});
    }
    case Kind::floating:
      *out++ = tag(4, kFixed64);
      return detail::store(out, value.floating());
    case Kind::string:
      out = write_length(out, 1, text_size(value.string(), limits.length_max));
      return write_text(out, value.string(), limits.length_max);
    case Kind::bytes: {
      const size_t size = std::min<size_t>(value.element_count(), limits.length_max);
      out = write_length(out, 7, size);
      if (size > 0) std::memcpy(out, value.elements<char>().data(), size);
      return out + size;
    }
    default:
      if (limits.depth > kDepthMax) return out;
      out = write_length(out, value.kind() == Kind::map ? 6 : 5,
                         elements_size(value, limits.deeper()));
      return write_elements(out, value, limits.deeper());
  }
}

}  // namespace

size_t key_value_size(std::string_view key, const AttributeValue& value,
                      uint32_t length_max) noexcept {
  return entry_size({key, value}, {length_max, 1});
}

char* write_key_value(char* out, std::string_view key, const AttributeValue& value,
                      uint32_t length_max) noexcept {
  return write_entry(out, {key, value}, {length_max, 1});
}

AttributeListSize attribute_list_size(const AttributeList& list) noexcept {
  AttributeListSize size{0, 0};
  size.dropped = visit_kept(list, [&](const Attribute& kept) {
    size.bytes += length_field_size(key_value_size(kept.key, kept.value, list.length_max));
  });
  return size;
}

char* write_attribute_list(char* out, const AttributeList& list) noexcept {
  visit_kept(list, [&](const Attribute& kept) {
    out = write_length(out, list.field, key_value_size(kept.key, kept.value, list.length_max));
    out = write_key_value(out, kept.key, kept.value, list.length_max);
  });
  return out;
}

size_t text_field_size(std::string_view text) noexcept {
  return length_field_size(text_size(text));
}

char* write_text_field(char* out, uint32_t field, std::string_view text) noexcept {
  return write_text(write_length(out, field, text_size(text)), text);
}

std::vector<Attribute> view_of(const std::vector<OwnedAttribute>& attributes) {
  std::vector<Attribute> views;
  for (const OwnedAttribute& attribute : attributes) {
    const AttributeValue value = std::visit(
        [](const auto& owned) -> AttributeValue {
          if constexpr (std::is_same_v<std::decay_t<decltype(owned)>, std::monostate>) {
            return nullptr;
          } else {
            return owned;
          }
        },
        attribute.value.variant());
    views.push_back({attribute.key, value});
  }
  return views;
}

std::string encode_resource(const std::vector<OwnedAttribute>& attributes) {
  const std::vector<Attribute> views = view_of(attributes);
  const AttributeList list{.attributes = views, .field = 1};
  std::string bytes(attribute_list_size(list).bytes, '\0');
  [[maybe_unused]] const char* end = write_attribute_list(bytes.data(), list);
  CERO_ASSERT(end == bytes.data() + bytes.size());
  return bytes;
}

std::string encode_scope(std::string_view name, std::string_view version, Attributes attributes) {
  const AttributeList list{.attributes = attributes, .field = 3};
  size_t size = attribute_list_size(list).bytes;
  if (!name.empty()) size += text_field_size(name);
  if (!version.empty()) size += text_field_size(version);
  std::string bytes(size, '\0');
  char* out = bytes.data();
  if (!name.empty()) out = write_text_field(out, 1, name);
  if (!version.empty()) out = write_text_field(out, 2, version);
  out = write_attribute_list(out, list);
  CERO_ASSERT(out == bytes.data() + bytes.size());
  return bytes;
}

}  // namespace cero::core
