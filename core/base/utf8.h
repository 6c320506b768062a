// UTF-8 as protobuf wants it: one malformed string makes a strict backend refuse the whole request,
// so every string is checked, and what is malformed becomes U+FFFD.
#ifndef CERO_CORE_BASE_UTF8_H_
#define CERO_CORE_BASE_UTF8_H_

#include <cstdint>
#include <string_view>

namespace cero::core {

constexpr uint32_t kNoLengthLimit = UINT32_MAX;

bool is_ascii(std::string_view text) noexcept;

// Bytes that write_text will write: `text` cut to `characters_max` characters, each malformed
// sequence as U+FFFD.
size_t text_size(std::string_view text, uint32_t characters_max = kNoLengthLimit) noexcept;
char* write_text(char* out, std::string_view text,
                 uint32_t characters_max = kNoLengthLimit) noexcept;
// Whether write_text writes the same for both.
bool same_text(std::string_view a, std::string_view b) noexcept;

}  // namespace cero::core

#endif  // CERO_CORE_BASE_UTF8_H_
