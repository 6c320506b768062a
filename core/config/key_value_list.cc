#include "config/key_value_list.h"

#include <optional>
#include <utility>

namespace cero::core {
namespace {

std::string_view trimmed(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<std::string> percent_decoded(std::string_view text, BadEscape bad_escape) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    const int high = i + 1 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
    if (high >= 0 && low >= 0) {
      decoded += static_cast<char>(high << 4 | low);
      i += 2;
    } else if (bad_escape == BadEscape::keep) {
      decoded += '%';
    } else {
      return std::nullopt;
    }
  }
  return decoded;
}

std::optional<KeyValue> parse_member(std::string_view member, BadEscape bad_escape) {
  const size_t equals = member.find('=');
  if (equals == std::string_view::npos) return std::nullopt;
  auto key = percent_decoded(trimmed(member.substr(0, equals)), bad_escape);
  auto value = percent_decoded(trimmed(member.substr(equals + 1)), bad_escape);
  if (!key || key->empty() || !value) return std::nullopt;
  return KeyValue{std::move(*key), std::move(*value)};
}

}  // namespace

KeyValueList parse_key_value_list(std::string_view text, BadEscape bad_escape) {
  KeyValueList list;
  for (size_t place = 1;; ++place) {
    const size_t comma = text.find(',');
    const std::string_view member = trimmed(text.substr(0, comma));
    if (!member.empty()) {
      if (std::optional<KeyValue> parsed = parse_member(member, bad_escape)) {
        list.members.push_back({std::move(*parsed), place});
      } else {
        list.unreadable.push_back(place);
      }
    }
    if (comma == std::string_view::npos) return list;
    text.remove_prefix(comma + 1);
  }
}

std::string places_text(const std::vector<size_t>& places) {
  std::string text = places.size() == 1 ? "entry " : "entries ";
  for (size_t i = 0; i < places.size(); ++i) {
    if (i > 0) text += i + 1 == places.size() ? " and " : ", ";
    text += std::to_string(places[i]);
  }
  return text;
}

}  // namespace cero::core
