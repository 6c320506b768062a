// Attributes as wire bytes: every kind of value, exact sizes first, then writing. The common short
// ones never come here; they are written by cero/detail/span_buffer.h in the caller.
#ifndef CERO_CORE_BASE_ATTRIBUTE_ENCODING_H_
#define CERO_CORE_BASE_ATTRIBUTE_ENCODING_H_

#include <string>
#include <string_view>
#include <vector>

#include "base/utf8.h"
#include "cero/attribute.h"

namespace cero::core {

// The content of a KeyValue message. Strings and bytes of the value are cut to length_max; arrays
// and maps nested deeper than 31 become empty.
size_t key_value_size(std::string_view key, const AttributeValue& value,
                      uint32_t length_max) noexcept;
char* write_key_value(char* out, std::string_view key, const AttributeValue& value,
                      uint32_t length_max) noexcept;

// A list of attributes as repeated KeyValue fields: keys are unique (the last value of a key
// holds), empty keys and those past count_max are dropped.
struct AttributeList {
  Attributes attributes;
  uint32_t field;
  uint32_t count_max = UINT32_MAX;
  uint32_t length_max = kNoLengthLimit;
};
struct AttributeListSize {
  size_t bytes;
  uint32_t dropped;
};
AttributeListSize attribute_list_size(const AttributeList& list) noexcept;
char* write_attribute_list(char* out, const AttributeList& list) noexcept;

// A length-delimited field.
size_t text_field_size(std::string_view text) noexcept;
char* write_text_field(char* out, uint32_t field, std::string_view text) noexcept;

// Views of owned attributes, valid while those are.
std::vector<Attribute> view_of(const std::vector<OwnedAttribute>& attributes);

// The content of a Resource or an InstrumentationScope message (whose attributes stand in fields 1
// and 3).
std::string encode_resource(const std::vector<OwnedAttribute>& attributes);
std::string encode_scope(std::string_view name, std::string_view version, Attributes attributes);

}  // namespace cero::core

#endif  // CERO_CORE_BASE_ATTRIBUTE_ENCODING_H_
