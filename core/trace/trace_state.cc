#include "trace/trace_state.h"

#include <algorithm>
#include <new>

#include "base/assert.h"
#include "cero/span_context.h"

namespace cero {
namespace core {
namespace {

// What the specification lets an implementation cut first.
constexpr size_t kLongMemberLength = 128;

bool is_key_start(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool is_key_character(char c) noexcept {
  return is_key_start(c) || c == '_' || c == '-' || c == '*' || c == '/' || c == '@';
}

bool is_value_character(char c) noexcept { return c >= ' ' && c <= '~' && c != ',' && c != '='; }

}  // namespace

std::string_view trim_whitespace(std::string_view text) noexcept {
  const size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool TraceStateMembers::valid_key(std::string_view key) noexcept {
  return !key.empty() && key.size() <= kKeyLengthMax && is_key_start(key.front()) &&
         std::all_of(key.begin(), key.end(), is_key_character);
}

bool TraceStateMembers::valid_value(std::string_view value) noexcept {
  return !value.empty() && value.size() <= kValueLengthMax && value.back() != ' ' &&
         std::all_of(value.begin(), value.end(), is_value_character);
}

std::optional<TraceStateMembers> TraceStateMembers::parse(std::string_view header) noexcept {
  TraceStateMembers members;
  while (true) {
    const size_t comma = header.find(',');
    const std::string_view member = trim_whitespace(header.substr(0, comma));
    if (!member.empty() && !members.push_back(member)) return std::nullopt;
    if (comma == std::string_view::npos) return members;
    header.remove_prefix(comma + 1);
  }
}

bool TraceStateMembers::push_back(std::string_view text) noexcept {
  const size_t equals = text.find('=');
  if (equals == std::string_view::npos) return false;
  const Member member{text.substr(0, equals), text.substr(equals + 1)};
  if (!valid_key(member.key) || !valid_value(member.value)) return false;
  if (find(member.key)) return true;
  if (count_ == kCountMax) return false;
  members_[count_++] = member;
  return true;
}

std::optional<std::string_view> TraceStateMembers::find(std::string_view key) const noexcept {
  for (size_t i = 0; i < count_; ++i) {
    if (members_[i].key == key) return members_[i].value;
  }
  return std::nullopt;
}

bool TraceStateMembers::erase(std::string_view key) noexcept {
  for (size_t i = 0; i < count_; ++i) {
    if (members_[i].key == key) return erase_at(i), true;
  }
  return false;
}

void TraceStateMembers::erase_at(size_t index) noexcept {
  CERO_ASSERT(index < count_);
  std::copy(members_.begin() + index + 1, members_.begin() + count_, members_.begin() + index);
  --count_;
}

void TraceStateMembers::push_front(std::string_view key, std::string_view value) noexcept {
  CERO_ASSERT(count_ < kCountMax && !find(key));
  std::copy_backward(members_.begin(), members_.begin() + count_, members_.begin() + count_ + 1);
  members_[0] = {key, value};
  ++count_;
}

void TraceStateMembers::cut(size_t length_max) noexcept {
  for (size_t i = count_; i > 0 && text_length() > length_max; --i) {
    if (members_[i - 1].length() > kLongMemberLength) erase_at(i - 1);
  }
  while (text_length() > length_max) erase_at(count_ - 1);
}

size_t TraceStateMembers::text_length() const noexcept {
  size_t length = count_ == 0 ? 0 : count_ - 1;  // the commas
  for (size_t i = 0; i < count_; ++i) length += members_[i].length();
  return length;
}

void TraceStateMembers::write_text(char* out) const noexcept {
  const auto append = [&](std::string_view text) { out += text.copy(out, text.size()); };
  for (size_t i = 0; i < count_; ++i) {
    if (i > 0) append(",");
    append(members_[i].key);
    append("=");
    append(members_[i].value);
  }
}

std::string TraceStateMembers::text() const {
  std::string text(text_length(), '\0');
  write_text(text.data());
  return text;
}

}  // namespace core

using core::TraceStateMembers;

TraceState TraceState::from_header(std::string_view header) noexcept {
  const std::optional<TraceStateMembers> members = TraceStateMembers::parse(header);
  return members ? from_members(*members) : TraceState();
}

std::string_view TraceState::to_header() const noexcept {
  if (text_ == nullptr) return {};
  return {reinterpret_cast<const char*>(text_ + 1), text_->size_bytes};
}

std::optional<std::string_view> TraceState::get(std::string_view key) const noexcept {
  const std::optional<TraceStateMembers> members = TraceStateMembers::parse(to_header());
  CERO_ASSERT(members.has_value());
  return members->find(key);
}

TraceState TraceState::with(std::string_view key, std::string_view value) const noexcept {
  if (!TraceStateMembers::valid_key(key) || !TraceStateMembers::valid_value(value)) return *this;
  std::optional<TraceStateMembers> members = TraceStateMembers::parse(to_header());
  CERO_ASSERT(members.has_value());
  members->erase(key);
  if (members->count() == TraceStateMembers::kCountMax) return *this;
  members->push_front(key, value);
  return from_members(*members);
}

TraceState TraceState::without(std::string_view key) const noexcept {
  std::optional<TraceStateMembers> members = TraceStateMembers::parse(to_header());
  CERO_ASSERT(members.has_value());
  return members->erase(key) ? from_members(*members) : *this;
}

// One allocation holds the counter and the characters. Without memory the state is empty: to lose
// it is allowed, to throw is not.
TraceState TraceState::from_members(const TraceStateMembers& members) noexcept {
  TraceState state;
  const size_t length = members.text_length();
  if (length == 0) return state;
  void* memory = ::operator new(sizeof(Text) + length, std::nothrow);
  if (memory == nullptr) return state;
  state.text_ = new (memory) Text{1, static_cast<uint32_t>(length)};
  members.write_text(reinterpret_cast<char*>(state.text_ + 1));
  return state;
}

void TraceState::release() noexcept {
  // The last one out must see the others' reads as done before it frees what they read.
  if (text_->uses.fetch_sub(1, std::memory_order_acq_rel) == 1) {
    text_->~Text();
    ::operator delete(text_);
  }
}

}  // namespace cero
