#include "base/secrets.h"

#include <algorithm>

namespace cero::core {

void Secrets::add(std::string_view value) {
  const auto keep = [&](std::string_view part) {
    if (part.size() >= kSecretBytesMin) values_.emplace_back(part);
  };
  keep(value);
  size_t at = value.find(' ');
  if (at != std::string_view::npos) {
    for (size_t begin = 0; begin <= value.size(); begin = at + 1) {
      at = std::min(value.find(' ', begin), value.size());
      keep(value.substr(begin, at - begin));
    }
  }
  std::stable_sort(values_.begin(), values_.end(),
                   [](const auto& a, const auto& b) { return a.size() > b.size(); });
}

void Secrets::add_query_of(std::string_view url) {
  size_t at = url.find('?');
  while (at < url.size()) {
    const size_t end = std::min(url.find('&', at + 1), url.size());
    const std::string_view member = url.substr(at + 1, end - at - 1);
    const size_t equals = member.find('=');
    add(member.substr(equals == std::string_view::npos ? 0 : equals + 1));
    at = end;
  }
}

std::string Secrets::hide(std::string text) const {
  constexpr std::string_view kShown = "...";
  for (const std::string& value : values_) {
    for (size_t at = 0; (at = text.find(value, at)) != std::string::npos; at += kShown.size())
      text.replace(at, value.size(), kShown);
  }
  return text;
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
