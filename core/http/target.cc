#include "http/target.h"

#include <strings.h>

#include <string_view>

namespace cero::core {

bool is_https(std::string_view url) {
  constexpr std::string_view kHttps = "https:";
  return url.size() >= kHttps.size() && strncasecmp(url.data(), kHttps.data(), kHttps.size()) == 0;
}

Target target_of(const std::string& endpoint) {
  constexpr std::string_view kUnix = "unix:";
  if (!endpoint.starts_with(kUnix)) return {.url = endpoint};
  const size_t colon = endpoint.find(':', kUnix.size());
  return {.url = "http://localhost" + endpoint.substr(colon + 1),
          .socket_path = endpoint.substr(kUnix.size(), colon - kUnix.size())};
}

}  // namespace cero::core
