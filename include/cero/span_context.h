// SpanContext: what identifies a span across threads and processes [spec 2.3, 2.6].
#ifndef CERO_SPAN_CONTEXT_H_
#define CERO_SPAN_CONTEXT_H_

#include <array>
#include <atomic>
#include <bit>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "cero/export.h"

namespace cero {

namespace core {
class TraceStateMembers;
}

// Bytes of an id in the order they are written in hex. All zero is invalid.
template <size_t kBytes>
class Id {
 public:
  constexpr Id() noexcept = default;
  constexpr explicit Id(const std::array<uint8_t, kBytes>& bytes) noexcept : bytes_(bytes) {}

  // Exactly 2 * kBytes lower-case hex digits, not all zero; else nothing.
  static constexpr std::optional<Id> from_hex(std::string_view text) noexcept {
    if (text.size() != 2 * kBytes) return std::nullopt;
    Id id;
    for (size_t i = 0; i < kBytes; ++i) {
      const int high = hex_value(text[2 * i]);
      const int low = hex_value(text[2 * i + 1]);
      if (high < 0 || low < 0) return std::nullopt;
      id.bytes_[i] = static_cast<uint8_t>(high << 4 | low);
    }
    if (!id.valid()) return std::nullopt;
    return id;
  }

  constexpr bool valid() const noexcept {
    // By words: comparing arrays of bytes becomes a call of memcmp.
    using Words = std::array<uint64_t, kBytes / sizeof(uint64_t)>;
    uint64_t any = 0;
    for (const uint64_t word : std::bit_cast<Words>(bytes_)) any |= word;
    return any != 0;
  }
  constexpr const std::array<uint8_t, kBytes>& bytes() const noexcept { return bytes_; }
  std::string to_hex() const {
    constexpr char kDigits[] = "0123456789abcdef";
    std::string text;
    for (const uint8_t byte : bytes_) {
      text += kDigits[byte >> 4];
      text += kDigits[byte & 15];
    }
    return text;
  }

  friend constexpr bool operator==(const Id&, const Id&) noexcept = default;

 private:
  static constexpr int hex_value(char digit) noexcept {
    if (digit >= '0' && digit <= '9') return digit - '0';
    if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
    return -1;
  }

  std::array<uint8_t, kBytes> bytes_{};
};

using TraceId = Id<16>;
using SpanId = Id<8>;

// The two flags that W3C Trace Context Level 2 defines.
struct TraceFlags {
  static constexpr uint8_t kSampled = 0x01;
  static constexpr uint8_t kRandom = 0x02;
};

// The W3C tracestate of a trace: immutable, shared, empty for most. Copying a non-empty one costs
// one atomic increment. Nothing here throws: what there is no memory for is empty.
class CERO_API TraceState {
 public:
  TraceState() noexcept = default;
  TraceState(const TraceState& other) noexcept : text_(other.text_) {
    if (text_ != nullptr)
      text_->uses.fetch_add(1, std::memory_order_relaxed);  // the other keeps it alive
  }
  TraceState(TraceState&& other) noexcept : text_(std::exchange(other.text_, nullptr)) {}
  TraceState& operator=(TraceState other) noexcept {
    std::swap(text_, other.text_);
    return *this;
  }
  ~TraceState() {
    if (text_ != nullptr) release();
  }

  // A tracestate header value; several headers are joined with commas first. Malformed text, or
  // more than 32 members: empty.
  static TraceState from_header(std::string_view header) noexcept;
  // The header value, "" when empty.
  std::string_view to_header() const noexcept;

  bool empty() const noexcept { return text_ == nullptr; }
  std::optional<std::string_view> get(std::string_view key) const noexcept;
  // A copy with the key in front, or without it. A malformed key or value, or a 33rd member,
  // changes nothing.
  TraceState with(std::string_view key, std::string_view value) const noexcept;
  TraceState without(std::string_view key) const noexcept;

  friend bool operator==(const TraceState& a, const TraceState& b) noexcept {
    return a.to_header() == b.to_header();
  }

 private:
  struct Text {
    std::atomic<uint32_t> uses;
    uint32_t size_bytes;  // the characters follow
  };

  static TraceState from_members(const core::TraceStateMembers& members) noexcept;
  void release() noexcept;

  Text* text_ = nullptr;
};

class SpanContext {
 public:
  SpanContext() noexcept = default;
  SpanContext(const TraceId& trace_id, const SpanId& span_id, uint8_t flags, bool remote = false,
              TraceState trace_state = {}) noexcept
      : trace_id_(trace_id),
        span_id_(span_id),
        flags_(flags),
        remote_(remote),
        trace_state_(std::move(trace_state)) {}

  const TraceId& trace_id() const noexcept { return trace_id_; }
  const SpanId& span_id() const noexcept { return span_id_; }
  // See TraceFlags.
  uint8_t flags() const noexcept { return flags_; }
  bool sampled() const noexcept { return (flags_ & TraceFlags::kSampled) != 0; }
  // Whether it came from another process.
  bool remote() const noexcept { return remote_; }
  const TraceState& trace_state() const noexcept { return trace_state_; }
  bool valid() const noexcept { return trace_id_.valid() && span_id_.valid(); }

  friend bool operator==(const SpanContext&, const SpanContext&) noexcept = default;

 private:
  TraceId trace_id_;
  SpanId span_id_;
  uint8_t flags_ = 0;
  bool remote_ = false;
  TraceState trace_state_;
};

}  // namespace cero

#endif  // CERO_SPAN_CONTEXT_H_
