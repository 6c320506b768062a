#include "base/secrets.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <utility>

#include "base/utf8.h"

namespace cero::core {
namespace {

constexpr std::string_view kShown = "...";  // for a secret, and where a text was cut

// The longest that is read as one character: "&quot;", "\u0026".
constexpr size_t kEscapeBytesMax = 6;

char folded(char c) {
  if (c >= 'A' && c <= 'Z') return static_cast<char>(c + 32);
  return static_cast<unsigned char>(c) < ' ' || c == '\x7f' ? ' ' : c;  // as printable() does
}

// A text as secrets are looked for in it, and where each byte of it is from.
struct Reading {
  struct Range {
    size_t begin;
    size_t end;
  };
  std::string bytes;
  std::vector<Range> from;

  void add(char c, Range range) {
    bytes += folded(c);
    from.push_back(range);
  }
};

Reading read_plain(std::string_view text) {
  Reading reading;
  for (size_t i = 0; i < text.size(); ++i) reading.add(text[i], {i, i + 1});
  return reading;
}

struct Escape {
  uint32_t code_point = 0;
  size_t size = 0;  // 0: there is none
};

// All of the digits.
std::optional<uint32_t> number_in(std::string_view digits, int base) {
  uint32_t number = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, number, base);
  if (error != std::errc() || stop != end) return std::nullopt;
  return number;
}

Escape html_escape(std::string_view text) {
  constexpr std::pair<std::string_view, char> kNames[] = {
      {"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}};
  for (const auto& [name, c] : kNames) {
    if (text.starts_with(name)) return {static_cast<uint32_t>(c), name.size()};
  }
  const size_t end = text.substr(0, kEscapeBytesMax).find(';');
  if (!text.starts_with("&#") || end == std::string_view::npos) return {};
  const bool hex = end > 2 && (text[2] == 'x' || text[2] == 'X');
  const size_t digits_at = hex ? 3 : 2;
  const auto number = number_in(text.substr(digits_at, end - digits_at), hex ? 16 : 10);
  return number ? Escape{*number, end + 1} : Escape{};
}

// One that the text begins with.
Escape escape_at(std::string_view text) {
  if (text[0] == '&') return html_escape(text);
  if (text[0] == '%' && text.size() >= 3) {
    const auto number = number_in(text.substr(1, 2), 16);
    return number ? Escape{*number, 3} : Escape{};
  }
  if (text.starts_with("\\u") && text.size() >= 6) {
    const auto number = number_in(text.substr(2, 4), 16);
    return number ? Escape{*number, 6} : Escape{};
  }
  return text.starts_with("\\t") ? Escape{'\t', 2} : Escape{};
}

bool is_hex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

// Whether the text begins with what is left of an escape before the dots of a cut.
bool cut_in_escape(std::string_view text) {
  const size_t cut = text.substr(0, kEscapeBytesMax + kShown.size()).find(kShown);
  if (cut == 0 || cut == std::string_view::npos) return false;
  const std::string_view rest = text.substr(1, cut - 1);
  if (text[0] == '%') return rest.size() < 2 && is_hex(rest);
  if (text[0] == '\\') return rest.empty() || (rest[0] == 'u' && is_hex(rest.substr(1)));
  return text[0] == '&' && rest.find_first_of("& ;") == std::string_view::npos;
}

// Without the escapes of JSON, HTML and URLs. No backslash is left, so that it does not matter how
// often a text was escaped. A percent escape is a byte, and the others are characters.
Reading read_unescaped(std::string_view text) {
  Reading reading;
  for (size_t i = 0; i < text.size();) {
    const Escape escape = escape_at(text.substr(i));
    const Reading::Range range{i, i + std::max<size_t>(escape.size, 1)};
    const uint32_t code = escape.code_point;
    if (escape.size == 0 && cut_in_escape(text.substr(i))) {
      i = text.find(kShown, i);
      continue;
    }
    if (escape.size == 0) {
      if (text[i] != '\\') reading.add(text[i], range);
    } else if (code < 0x80 || text[i] == '%') {
      reading.add(static_cast<char>(code), range);
    } else if (code < 0x800) {
      reading.add(static_cast<char>(0xc0 | code >> 6), range);
      reading.add(static_cast<char>(0x80 | (code & 0x3f)), range);
    } else {
      reading.add(static_cast<char>(0xe0 | code >> 12), range);
      reading.add(static_cast<char>(0x80 | (code >> 6 & 0x3f)), range);
      reading.add(static_cast<char>(0x80 | (code & 0x3f)), range);
    }
    i = range.end;
  }
  return reading;
}

// Finds where the text repeats `value`, or the begin of it where the text was cut.
void find(const Reading& reading, std::string_view value, std::vector<Reading::Range>* found) {
  const std::string_view bytes = reading.bytes;
  for (size_t at = 0; (at = bytes.find(value, at)) != std::string_view::npos; ++at)
    found->push_back({reading.from[at].begin, reading.from[at + value.size() - 1].end});
  for (size_t cut = 0; (cut = bytes.find(kShown, cut)) != std::string_view::npos; ++cut) {
    size_t size = std::min(cut, value.size() - 1);
    while (size >= Secrets::kSecretBytesMin &&
           bytes.substr(cut - size, size) != value.substr(0, size))
      --size;
    if (size >= Secrets::kSecretBytesMin)
      found->push_back({reading.from[cut - size].begin, reading.from[cut + kShown.size() - 1].end});
  }
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (size_t i = 0; i < bytes.size(); i += 3) {
    uint32_t group = 0;
    for (size_t k = 0; k < 3; ++k)
      group = group << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0u);
    const size_t digits = std::min<size_t>(bytes.size() - i, 3) + 1;
    for (size_t k = 0; k < digits; ++k) text += kDigits[group >> (18 - 6 * k) & 0x3f];
  }
  return text;
}

std::string percent_decoded(std::string_view text) {
  std::string decoded;
  for (size_t i = 0; i < text.size();) {
    const Escape escape = text[i] == '%' ? escape_at(text.substr(i)) : Escape{};
    decoded += escape.size > 0 ? static_cast<char>(escape.code_point) : text[i];
    i += std::max<size_t>(escape.size, 1);
  }
  return decoded;
}

}  // namespace

void Secrets::keep(std::string_view value) {
  if (value.size() < kSecretBytesMin) return;
  std::string as_text(text_size(value), '\0');  // what is no UTF-8 does not come back as it was
  write_text(as_text.data(), value);
  for (std::string bytes : {read_plain(value).bytes, read_plain(as_text).bytes,
                            read_unescaped(value).bytes, read_unescaped(as_text).bytes}) {
    const bool known = std::find(values_.begin(), values_.end(), bytes) != values_.end();
    if (bytes.size() >= kSecretBytesMin && !known) values_.push_back(std::move(bytes));
  }
}

void Secrets::add(std::string_view value) {
  keep(value);
  size_t at = value.find(' ');
  if (at != std::string_view::npos) {
    for (size_t begin = 0; begin <= value.size(); begin = at + 1) {
      at = std::min(value.find(' ', begin), value.size());
      keep(value.substr(begin, at - begin));
    }
  }
}

void Secrets::add_query_of(std::string_view url) {
  size_t at = url.find('?');
  while (at < url.size()) {
    const size_t end = std::min(url.find('&', at + 1), url.size());
    const std::string_view member = url.substr(at + 1, end - at - 1);
    const size_t equals = member.find('=');
    std::string value(member.substr(equals == std::string_view::npos ? 0 : equals + 1));
    add(value);
    std::replace(value.begin(), value.end(), '+', ' ');  // as a server may read it
    add(value);
    at = end;
  }
}

void Secrets::add_userinfo_of(std::string_view url) {
  const size_t scheme_end = url.find("://");
  const size_t begin = scheme_end == std::string_view::npos ? 0 : scheme_end + 3;
  const size_t end = url.rfind('@');
  if (end == std::string_view::npos || end <= begin) return;
  const std::string_view userinfo = url.substr(begin, end - begin);
  const size_t colon = userinfo.find(':');
  const bool has_password = colon < userinfo.size() - 1;
  keep(has_password ? userinfo.substr(colon + 1) : userinfo.substr(0, colon));
  std::string credentials = percent_decoded(userinfo);
  if (colon == std::string_view::npos) credentials += ':';
  keep(base64(credentials));
}

std::string Secrets::hide(std::string text) const {
  if (values_.empty()) return text;
  std::vector<Reading::Range> found;
  for (const Reading& reading : {read_plain(text), read_unescaped(text)}) {
    for (const std::string& value : values_) find(reading, value, &found);
  }
  std::sort(found.begin(), found.end(),
            [](const auto& a, const auto& b) { return a.begin < b.begin; });
  std::string shown;
  size_t at = 0;
  for (const Reading::Range& range : found) {
    if (range.begin >= at) {
      shown.append(text, at, range.begin - at).append(kShown);
    }
    at = std::max(at, range.end);
  }
  return shown.append(text, at, std::string::npos);
}

std::string without_secrets(std::string_view url) {
  const size_t scheme_end = url.find("://");
  const size_t authority_at = scheme_end == std::string_view::npos ? 0 : scheme_end + 3;
  const size_t shown_end = std::min(url.find_first_of("?#", authority_at), url.size());
  // The last '@' of all: in a malformed URL a password may hold anything.
  const size_t at = url.rfind('@');
  const bool has_user = at != std::string_view::npos && at >= authority_at;
  std::string text(url.substr(0, authority_at));
  // A password that holds a '?', or a query that holds an '@'.
  if (has_user && at > shown_end) return text + "...";
  if (has_user) text += "...";
  const size_t shown_from = has_user ? at : authority_at;
  text += url.substr(shown_from, shown_end - shown_from);
  if (shown_end < url.size()) text.append(1, url[shown_end]).append("...");
  return text;
}

}  // namespace cero::core
