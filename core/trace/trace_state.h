// TraceStateMembers: the list that a W3C tracestate is, read and changed as views of its text
// [spec 2.6].
//
// The grammar is Level 2's: at most 32 members, keys `[a-z0-9][a-z0-9_*/@-]{0,255}`, values of 1 to
// 256 printable characters without ',' and '=' and not ending in a space. Of members with one key
// the leftmost, latest one stays; empty members go.
#ifndef CERO_CORE_TRACE_TRACE_STATE_H_
#define CERO_CORE_TRACE_TRACE_STATE_H_

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace cero::core {

// Spaces and tabs around header values and list members [RFC 9110, OWS].
std::string_view trim_whitespace(std::string_view text) noexcept;

class TraceStateMembers {
 public:
  static constexpr size_t kCountMax = 32;
  static constexpr size_t kKeyLengthMax = 256;
  static constexpr size_t kValueLengthMax = 256;

  static bool valid_key(std::string_view key) noexcept;
  static bool valid_value(std::string_view value) noexcept;

  // Nothing when any member is malformed or there are too many. The views are into `header`.
  static std::optional<TraceStateMembers> parse(std::string_view header) noexcept;

  size_t count() const noexcept { return count_; }
  std::optional<std::string_view> find(std::string_view key) const noexcept;
  // Returns whether the key was there.
  bool erase(std::string_view key) noexcept;
  // Preconditions: the key is not there; count() < kCountMax.
  void push_front(std::string_view key, std::string_view value) noexcept;

  // Removes whole members until the text fits: those over 128 characters first, then any, each from
  // the right.
  void cut(size_t length_max) noexcept;

  size_t text_length() const noexcept;
  // Writes text_length() characters.
  void write_text(char* out) const noexcept;
  std::string text() const;

 private:
  struct Member {
    std::string_view key;
    std::string_view value;
    size_t length() const noexcept { return key.size() + 1 + value.size(); }
  };

  bool push_back(std::string_view text) noexcept;
  void erase_at(size_t index) noexcept;

  std::array<Member, kCountMax> members_{};
  size_t count_ = 0;
};

}  // namespace cero::core

#endif  // CERO_CORE_TRACE_TRACE_STATE_H_
