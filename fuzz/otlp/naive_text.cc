#include "otlp/naive_text.h"

#include <array>

namespace cero::fuzz {
namespace {

using namespace std::literals;

bool is_continuation(char byte) { return (byte & 0xc0) == 0x80; }

// Whether the text is exactly one character: decoded, and held against what may be encoded so.
bool is_one_character(std::string_view text) {
  const auto first = static_cast<uint8_t>(text[0]);
  for (const char byte : text.substr(1)) {
    if (!is_continuation(byte)) return false;
  }
  uint32_t code = 0;
  uint32_t code_min = 0;
  switch (text.size()) {
    case 1:
      return first < 0x80;
    case 2:
      if ((first & 0xe0) != 0xc0) return false;
      code = first & 0x1f;
      code_min = 0x80;
      break;
    case 3:
      if ((first & 0xf0) != 0xe0) return false;
      code = first & 0x0f;
      code_min = 0x800;
      break;
    default:
      if ((first & 0xf8) != 0xf0) return false;
      code = first & 0x07;
      code_min = 0x1'0000;
  }
  for (const char byte : text.substr(1)) code = code << 6 | (byte & 0x3f);
  const bool surrogate = code >= 0xd800 && code <= 0xdfff;
  return code >= code_min && code <= 0x10'ffff && !surrogate;
}

// Whether a character begins so.
bool is_beginning(std::string_view text) {
  if (is_one_character(text)) return true;
  if (text.size() == 4) return false;
  for (const char next : {'\x80', '\x90', '\xa0', '\xbf'}) {
    if (is_beginning(std::string(text) + next)) return true;
  }
  return false;
}

// Bytes of the next character, or of the longest beginning of one; at least 1.
size_t next_size(std::string_view text) {
  size_t size = 1;
  while (size < 4 && size < text.size() && is_beginning(text.substr(0, size)) &&
         !is_one_character(text.substr(0, size)) && is_beginning(text.substr(0, size + 1))) {
    ++size;
  }
  return size;
}

constexpr std::array kPieces = {
    "\xc3\xa4"sv,
    "\xe2\x82\xac"sv,
    "\xf0\x9f\x90\x9f"sv,
    "\xef\xbf\xbd"sv,
    "\xff"sv,
    "\xc0\xaf"sv,
    "\xed\xa0\x80"sv,
    "\xf0\x9f\x90"sv,
    "\xe2\x82"sv,
    "\x80"sv,
    "\xf4\x90\x80"sv,
    "z"sv,
    "\xf4\x8f\xbf\xbf"sv,
    "\0"sv,
    "\xc3"sv,
};

constexpr std::array kKeys = {
    "a"sv,
    "b"sv,
    "http.route"sv,
    "http.response.status_code"sv,
    "user_agent.original"sv,
    ""sv,
    "k\xc3\xa4se"sv,
    "bad\xff"sv,
    "bad\xfe"sv,
    "a.key.that.is.longer.than.all.the.short.copies.of.the.fast.way.and.so.takes.another"sv,
};

std::string make_ascii(uint32_t first, size_t size) {
  std::string text(size, ' ');
  for (size_t i = 0; i < size; ++i) text[i] = static_cast<char>('!' + (first + i) % 94);
  return text;
}

}  // namespace

std::string mended(std::string_view text, uint32_t characters_max) {
  std::string result;
  for (uint32_t count = 0; !text.empty() && count < characters_max; ++count) {
    const std::string_view next = text.substr(0, next_size(text));
    result += is_one_character(next) ? next : "\xef\xbf\xbd"sv;
    text.remove_prefix(next.size());
  }
  return result;
}

std::string make_text(InputReader& input) {
  const uint8_t shape = input.byte();
  if (shape < 128) return make_ascii(shape, input.choice(48));
  if (shape < 192) return make_ascii(shape, input.number<uint16_t>() % 400);
  if (shape < 216) return input.bytes(24);
  std::string text;
  for (uint32_t left = shape < 240 ? input.choice(12) : 0; left > 0; --left) {
    text += kPieces[input.choice(kPieces.size())];
  }
  return text;
}

std::string make_key(InputReader& input) {
  const uint8_t shape = input.byte();
  if (shape < 128) return std::string(kKeys[shape % kKeys.size()]);
  if (shape < 192) return "key" + std::to_string(input.byte());
  return make_text(input);
}

}  // namespace cero::fuzz
