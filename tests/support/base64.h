// Base64 with padding, for tests that write what the code under test reads.
#ifndef CERO_TESTS_SUPPORT_BASE64_H_
#define CERO_TESTS_SUPPORT_BASE64_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace cero::test {

inline std::string base64(std::string_view bytes) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (size_t i = 0; i < bytes.size(); i += 3) {
    uint32_t bits = 0;
    for (size_t k = 0; k < 3; ++k) {
      bits = bits << 8 | (i + k < bytes.size() ? static_cast<uint8_t>(bytes[i + k]) : 0);
    }
    for (size_t k = 0; k < 4; ++k) {
      text += i + k <= bytes.size() ? kDigits[bits >> (18 - 6 * k) & 63] : '=';
    }
  }
  return text;
}

}  // namespace cero::test

#endif  // CERO_TESTS_SUPPORT_BASE64_H_
