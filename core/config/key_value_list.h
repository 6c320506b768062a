// Lists as variables have them: `key=value,key=value` with percent-encoding [spec 1.5, 2.8].
#ifndef CERO_CORE_CONFIG_KEY_VALUE_LIST_H_
#define CERO_CORE_CONFIG_KEY_VALUE_LIST_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace cero::core {

struct KeyValue {
  std::string key;
  std::string value;

  friend bool operator==(const KeyValue&, const KeyValue&) = default;
};

// What a '%' without two hex digits behind it means.
enum class BadEscape {
  refuse,  // an error, as the specification wants for OTEL_RESOURCE_ATTRIBUTES
  keep,    // a '%': keys of backends are often given unencoded
};

struct KeyValueList {
  struct Member : KeyValue {
    size_t place;  // in the text, from 1
  };
  std::vector<Member> members;
  // The places of those that have no '=' or no key, or an escape that is refused.
  std::vector<size_t> unreadable;
};

// Spaces around keys and values go; empty members are skipped, and have a place; a value may hold
// '='.
KeyValueList parse_key_value_list(std::string_view text, BadEscape bad_escape);

// "entry 2", "entries 2 and 5", "entries 1, 2 and 5": of a list that may hold secrets.
std::string places_text(const std::vector<size_t>& places);

}  // namespace cero::core

#endif  // CERO_CORE_CONFIG_KEY_VALUE_LIST_H_
