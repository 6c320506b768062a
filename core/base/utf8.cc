#include "base/utf8.h"

#include <cstring>

#include "cero/detail/wire.h"

namespace cero::core {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";

struct Character {
  size_t size;  // bytes of the text it takes
  bool valid;
};

bool is_continuation(std::string_view text, size_t at, uint8_t low = 0x80,
                     uint8_t high = 0xbf) noexcept {
  if (at >= text.size()) return false;
  const auto byte = static_cast<uint8_t>(text[at]);
  return byte >= low && byte <= high;
}

// The well-formed sequences of the Unicode standard's table 3-7. A malformed one takes its longest
// well-formed beginning.
Character next_character(std::string_view text) noexcept {
  const auto first = static_cast<uint8_t>(text[0]);
  if (first < 0x80) return {1, true};
  if (first < 0xc2 || first > 0xf4) return {1, false};
  uint8_t low = 0x80;
  uint8_t high = 0xbf;
  size_t size = 2;
  if (first >= 0xf0) {
    size = 4;
    if (first == 0xf0) low = 0x90;
    if (first == 0xf4) high = 0x8f;
  } else if (first >= 0xe0) {
    size = 3;
    if (first == 0xe0) low = 0xa0;
    if (first == 0xed) high = 0x9f;
  }
  if (!is_continuation(text, 1, low, high)) return {1, false};
  for (size_t at = 2; at < size; ++at) {
    if (!is_continuation(text, at)) return {at, false};
  }
  return {size, true};
}

// Calls emit(piece) for each piece of the result.
template <typename Emit>
void for_each_piece(std::string_view text, uint32_t characters_max, Emit emit) noexcept {
  if (is_ascii(text)) {
    emit(text.substr(0, characters_max));
    return;
  }
  size_t good_begin = 0;
  size_t at = 0;
  for (uint32_t count = 0; at < text.size() && count < characters_max; ++count) {
    const Character character = next_character(text.substr(at));
    if (!character.valid) {
      emit(text.substr(good_begin, at - good_begin));
      emit(kReplacement);
      good_begin = at + character.size;
    }
    at += character.size;
  }
  emit(text.substr(good_begin, at - good_begin));
}

}  // namespace

bool is_ascii(std::string_view text) noexcept {
  uint64_t seen = 0;
  size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) seen |= detail::load<uint64_t>(text.data() + at);
  for (; at < text.size(); ++at) seen |= static_cast<uint8_t>(text[at]);
  return (seen & detail::kNonAsciiMask) == 0;
}

size_t text_size(std::string_view text, uint32_t characters_max) noexcept {
  size_t size = 0;
  for_each_piece(text, characters_max, [&](std::string_view piece) { size += piece.size(); });
  return size;
}

char* write_text(char* out, std::string_view text, uint32_t characters_max) noexcept {
  for_each_piece(text, characters_max, [&](std::string_view piece) {
    if (!piece.empty()) std::memcpy(out, piece.data(), piece.size());
    out += piece.size();
  });
  return out;
}

bool same_text(std::string_view a, std::string_view b) noexcept {
  if (a == b) return true;
  if (is_ascii(a) || is_ascii(b)) return false;  // what is mended is not ASCII
  while (!a.empty() && !b.empty()) {
    const Character in_a = next_character(a);
    const Character in_b = next_character(b);
    const std::string_view piece_a = in_a.valid ? a.substr(0, in_a.size) : kReplacement;
    const std::string_view piece_b = in_b.valid ? b.substr(0, in_b.size) : kReplacement;
    if (piece_a != piece_b) return false;
    a.remove_prefix(in_a.size);
    b.remove_prefix(in_b.size);
  }
  return a.empty() && b.empty();
}

}  // namespace cero::core
