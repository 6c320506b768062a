// Not API: protobuf wire primitives of the hot path. They write forward into memory that the caller
// knows to have room for the largest result *and* for kOverwriteBytes more, since short copies go
// in fixed steps.
#ifndef CERO_DETAIL_WIRE_H_
#define CERO_DETAIL_WIRE_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace cero::detail {

constexpr size_t kOverwriteBytes = 16;
constexpr size_t kVarintBytesMax = 10;

constexpr size_t varint_size(uint64_t value) noexcept {
  return (static_cast<size_t>(std::bit_width(value | 1)) * 9 + 64) /
         64;  // bits / 7 rounded up, without a division
}

inline char* write_varint(char* out, uint64_t value) noexcept {
  while (value >= 0x80) {
    *out++ = static_cast<char>(value | 0x80);
    value >>= 7;
  }
  *out++ = static_cast<char>(value);
  return out;
}

// Without a loop: seven-bit groups of the low 56 bits are moved apart in three steps and stored at
// once; what is above them takes one or two bytes more.
inline char* write_varint_fast(char* out, uint64_t value) noexcept {
  if (value < 0x80) {
    *out = static_cast<char>(value);
    return out + 1;
  }
  constexpr uint64_t kContinued = 0x8080'8080'8080'8080;
  const uint64_t high = value >> 56;
  const size_t size = varint_size(value);
  value = (value & 0x0000'0000'0fff'ffff) | (value & 0x00ff'ffff'f000'0000) << 4;
  value = (value & 0x0000'3fff'0000'3fff) | (value & 0x0fff'c000'0fff'c000) << 2;
  value = (value & 0x007f'007f'007f'007f) | (value & 0x3f80'3f80'3f80'3f80) << 1;
  if (high == 0) {
    value |= kContinued & ((uint64_t{1} << (8 * (size - 1))) - 1);
    std::memcpy(out, &value, sizeof value);
    return out + size;
  }
  value |= kContinued;
  std::memcpy(out, &value, sizeof value);
  out[8] = static_cast<char>(high);  // its eighth bit is set exactly if a tenth byte follows
  out[9] = 1;
  return out + size;
}

template <typename T>
inline T load(const char* from) noexcept {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

template <typename T>
inline char* store(char* out, T value) noexcept {
  std::memcpy(out, &value, sizeof value);
  return out + sizeof value;
}

constexpr uint64_t kNonAsciiMask = 0x8080'8080'8080'8080;

// Copies text of up to kShortCopyMax bytes, reading none beyond it; the result has a bit of
// kNonAsciiMask set if any byte is not ASCII.
constexpr size_t kShortCopyMax = 32;
[[gnu::always_inline]] inline uint64_t copy_short(char* out, const char* text,
                                                  size_t size) noexcept {
  if (size >= 8) {
    const uint64_t first = load<uint64_t>(text);
    const uint64_t last = load<uint64_t>(text + size - 8);
    if (size <= 16) {
      store(out, first);
      store(out + size - 8, last);
      return first | last;
    }
    const uint64_t second = load<uint64_t>(text + 8);
    const uint64_t second_last = load<uint64_t>(text + size - 16);
    store(out, first);
    store(out + 8, second);
    store(out + size - 16, second_last);
    store(out + size - 8, last);
    return first | second | second_last | last;
  }
  if (size >= 4) {
    const uint32_t first = load<uint32_t>(text);
    const uint32_t last = load<uint32_t>(text + size - 4);
    store(out, first);
    store(out + size - 4, last);
    return first | last;
  }
  if (size == 0) return 0;
  const auto first = static_cast<uint8_t>(text[0]);
  const auto middle = static_cast<uint8_t>(text[size / 2]);
  const auto last = static_cast<uint8_t>(text[size - 1]);
  out[0] = text[0];
  out[size / 2] = text[size / 2];
  out[size - 1] = text[size - 1];
  return static_cast<uint64_t>(first | middle | last);
}

inline uint64_t copy_long(char* out, std::string_view text) noexcept {
  uint64_t seen = 0;
  size_t at = 0;
  for (; at + 16 <= text.size(); at += 16) {
    const uint64_t low = load<uint64_t>(text.data() + at);
    const uint64_t high = load<uint64_t>(text.data() + at + 8);
    store(out + at, low);
    store(out + at + 8, high);
    seen |= low | high;
  }
  const size_t tail = text.size() - 16;  // overlaps what was copied
  const uint64_t low = load<uint64_t>(text.data() + tail);
  const uint64_t high = load<uint64_t>(text.data() + tail + 8);
  store(out + tail, low);
  store(out + tail + 8, high);
  return seen | low | high;
}

// Copies text of any size; the result as above. Inlined, so that a literal becomes a few stores of
// constants.
[[gnu::always_inline]] inline uint64_t copy_text(char* out, std::string_view text) noexcept {
  return text.size() <= kShortCopyMax ? copy_short(out, text.data(), text.size())
                                      : copy_long(out, text);
}

// A tag below 128: one byte.
constexpr char tag(uint32_t field, uint32_t wire_type) noexcept {
  return static_cast<char>(field << 3 | wire_type);
}
constexpr uint32_t kVarint = 0;
constexpr uint32_t kFixed64 = 1;
constexpr uint32_t kLength = 2;
constexpr uint32_t kFixed32 = 5;

}  // namespace cero::detail

#endif  // CERO_DETAIL_WIRE_H_
