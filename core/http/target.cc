#include "http/target.h"

#include <arpa/inet.h>
#include <strings.h>

#include <string>
#include <string_view>

namespace cero::core {
namespace {

constexpr std::string_view kUnix = "unix:";

// Without a port; empty where there is none.
std::string_view host_of(std::string_view url) {
  const size_t scheme_end = url.find("://");
  if (scheme_end == std::string_view::npos) return {};
  const std::string_view rest = url.substr(scheme_end + 3);
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
  if (authority.starts_with('[')) return authority.substr(0, authority.find(']') + 1);
  return authority.substr(0, authority.find(':'));
}

}  // namespace

bool is_https(std::string_view url) {
  constexpr std::string_view kHttps = "https:";
  return url.size() >= kHttps.size() && strncasecmp(url.data(), kHttps.data(), kHttps.size()) == 0;
}

Target target_of(const std::string& endpoint) {
  if (!endpoint.starts_with(kUnix)) return {.url = endpoint};
  const size_t colon = endpoint.find(':', kUnix.size());
  return {.url = "http://localhost" + endpoint.substr(colon + 1),
          .socket_path = endpoint.substr(kUnix.size(), colon - kUnix.size())};
}

bool is_this_machine(std::string_view host) {
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  const std::string name(host);
  in_addr v4{};
  if (inet_pton(AF_INET, name.c_str(), &v4) == 1) return ntohl(v4.s_addr) >> 24 == 127;
  in6_addr v6{};
  if (inet_pton(AF_INET6, name.c_str(), &v6) == 1) return IN6_IS_ADDR_LOOPBACK(&v6);
  return strcasecmp(name.c_str(), "localhost") == 0 || strcasecmp(name.c_str(), "localhost.") == 0;
}

bool leads_to_this_machine(std::string_view endpoint) {
  return endpoint.starts_with(kUnix) || is_this_machine(host_of(endpoint));
}

}  // namespace cero::core
