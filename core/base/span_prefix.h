// SpanPrefix: the wire bytes that all spans of one PreparedSpan begin with.
//
// Interned for the whole process and never freed, so that a record can name its prefix by a number
// instead of holding the bytes. Equal bytes have one number.
//
// E1  the entry: release in intern_prefix -> acquire in prefix_of. Publishes the bytes.
#ifndef CERO_CORE_BASE_SPAN_PREFIX_H_
#define CERO_CORE_BASE_SPAN_PREFIX_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace cero::core {

constexpr size_t kPrefixesMax = 16'384;
constexpr size_t kPrefixBytesMax = UINT16_MAX;  // what a span counts them with

// Any thread; locks and may allocate. 0: empty, over kPrefixBytesMax, no memory, or kPrefixesMax of
// them exist.
uint32_t intern_prefix(std::string_view wire) noexcept;

// Any thread. Empty for 0.
std::string_view prefix_of(uint32_t number) noexcept;

// Around a fork: the table is whole in the child.
void lock_prefixes() noexcept;
void unlock_prefixes() noexcept;

}  // namespace cero::core

#endif  // CERO_CORE_BASE_SPAN_PREFIX_H_
