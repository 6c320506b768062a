#include "cero/propagation.h"

#include <cstdint>
#include <new>
#include <optional>

#include "trace/trace_state.h"

namespace cero {
namespace {

// version "-" trace-id "-" parent-id "-" flags, of which the ids' places never change.
constexpr size_t kTraceparentLength = 55;
constexpr size_t kTraceIdAt = 3;
constexpr size_t kSpanIdAt = 36;
constexpr size_t kFlagsAt = 53;

// Flags without a meaning yet must be zero on output [Level 2].
constexpr uint8_t kKnownFlags = TraceFlags::kSampled | TraceFlags::kRandom;

// The characters of tracestate that must be carried on. Longer ones are cut, since a peer chooses
// them and every span of the trace exports them.
constexpr size_t kTracestateLengthMax = 512;

int hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

std::optional<uint8_t> hex_byte(std::string_view text, size_t at) noexcept {
  const int high = hex_digit(text[at]);
  const int low = hex_digit(text[at + 1]);
  if (high < 0 || low < 0) return std::nullopt;
  return static_cast<uint8_t>(high << 4 | low);
}

// Whether the version and the places between the fields are as they must be. A later version may
// append fields behind a '-'; what stands before them is read as version 00.
bool well_formed(std::string_view text) noexcept {
  if (text.size() < kTraceparentLength) return false;
  const std::optional<uint8_t> version = hex_byte(text, 0);
  if (!version || *version == 0xff) return false;
  if (text.size() > kTraceparentLength && (*version == 0 || text[kTraceparentLength] != '-')) {
    return false;
  }
  return text[kTraceIdAt - 1] == '-' && text[kSpanIdAt - 1] == '-' && text[kFlagsAt - 1] == '-';
}

TraceState read_tracestate(std::span<const std::string_view> headers) noexcept try {
  std::string joined;
  for (const std::string_view header : headers) {
    if (!joined.empty()) joined += ',';
    joined += header;
  }
  std::optional<core::TraceStateMembers> members = core::TraceStateMembers::parse(joined);
  if (!members) return {};
  members->cut(kTracestateLengthMax);
  return TraceState::from_header(members->text());
} catch (const std::bad_alloc&) {
  return {};
}

}  // namespace

std::string to_traceparent(const SpanContext& context) noexcept try {
  if (!context.valid()) return {};
  const char flags = static_cast<char>('0' + (context.flags() & kKnownFlags));
  return "00-" + context.trace_id().to_hex() + "-" + context.span_id().to_hex() + "-0" + flags;
} catch (const std::bad_alloc&) {
  return {};
}

SpanContext from_headers(std::span<const std::string_view> traceparents,
                         std::span<const std::string_view> tracestates) noexcept {
  if (traceparents.size() != 1) return {};
  const std::string_view text = core::trim_whitespace(traceparents.front());
  if (!well_formed(text)) return {};
  const auto trace_id = TraceId::from_hex(text.substr(kTraceIdAt, 32));
  const auto span_id = SpanId::from_hex(text.substr(kSpanIdAt, 16));
  const auto flags = hex_byte(text, kFlagsAt);
  if (!trace_id || !span_id || !flags) return {};
  return {*trace_id, *span_id, static_cast<uint8_t>(*flags & kKnownFlags), true,
          read_tracestate(tracestates)};
}

}  // namespace cero
