// Lists as variables have them: `key=value,key=value` with percent-encoding [spec 1.5, 2.8].
#ifndef CERO_CORE_CONFIG_KEY_VALUE_LIST_H_
#define CERO_CORE_CONFIG_KEY_VALUE_LIST_H_

#include <optional>
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

// Nothing when a member has no '=' or no key. Spaces around keys and values go; empty members are
// skipped; a value may hold '='.
std::optional<std::vector<KeyValue>> parse_key_value_list(std::string_view text,
                                                          BadEscape bad_escape);

}  // namespace cero::core

#endif  // CERO_CORE_CONFIG_KEY_VALUE_LIST_H_
