#ifndef CERO_CORE_CONFIG_IGNORING_CASE_H_
#define CERO_CORE_CONFIG_IGNORING_CASE_H_

#include <algorithm>
#include <string_view>

namespace cero::core {

// Letters of ASCII alone, whatever the locale. `lower` has no capitals.
inline bool equals_ignoring_case(std::string_view text, std::string_view lower) {
  return std::equal(text.begin(), text.end(), lower.begin(), lower.end(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; });
}

}  // namespace cero::core

#endif  // CERO_CORE_CONFIG_IGNORING_CASE_H_
