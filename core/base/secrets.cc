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

std::string Secrets::hide(std::string text) const {
  constexpr std::string_view kShown = "...";
  for (const std::string& value : values_) {
    for (size_t at = 0; (at = text.find(value, at)) != std::string::npos; at += kShown.size())
      text.replace(at, value.size(), kShown);
  }
  return text;
}

}  // namespace cero::core
