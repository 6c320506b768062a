#include "config/url.h"

#include <arpa/inet.h>
#include <sys/un.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/assert.h"
#include "config/ignoring_case.h"

namespace cero::core {
namespace {

constexpr size_t kHostLengthMax = 253;  // of a DNS name
constexpr size_t kSocketPathLengthMax = sizeof(sockaddr_un::sun_path) - 1;
constexpr std::string_view kUnixScheme = "unix:";

Error wrong(std::string what) { return {ErrorCode::invalid_options, std::move(what)}; }

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_';
}

bool is_ipv6_literal(std::string_view host) {
  if (host.size() < 2 || host.front() != '[' || host.back() != ']') return false;
  in6_addr address;
  return inet_pton(AF_INET6, std::string(host.substr(1, host.size() - 2)).c_str(), &address) == 1;
}

bool is_host_name(std::string_view host) {
  return !host.empty() && host.size() <= kHostLengthMax && host.front() != '.' &&
         host.find("..") == std::string_view::npos &&
         std::all_of(host.begin(), host.end(), is_name_character);
}

std::optional<uint16_t> parse_port(std::string_view text) {
  uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || port == 0) return std::nullopt;
  return port;
}

// Sets host and port.
Result<void> parse_authority(std::string_view authority, Url& url) {
  if (authority.find('@') != std::string_view::npos) {
    return wrong("it holds a user name or password: send credentials in a header");
  }
  // A colon inside the brackets of an IPv6 address starts no port.
  const size_t bracket = authority.rfind(']');
  const size_t colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  url.host = authority.substr(0, colon);
  if (url.host.empty()) return wrong("it has no host: write one behind \"://\"");
  if (!is_host_name(url.host) && !is_ipv6_literal(url.host)) {
    return wrong(
        "its host is malformed: write a host name, an IPv4 address or an IPv6 address in brackets");
  }
  url.port = url.https ? 443 : 80;
  if (colon == std::string_view::npos) return {};
  const std::optional<uint16_t> port = parse_port(authority.substr(colon + 1));
  if (!port) return wrong("its port is malformed: write a number from 1 to 65535 behind the colon");
  url.port = *port;
  return {};
}

Result<Url> parse_unix_url(std::string_view text) {
  size_t socket_at = kUnixScheme.size();
  if (text.substr(socket_at).starts_with("//")) socket_at += 2;
  Url url;
  const size_t colon = text.find(':', socket_at);
  url.socket_path = text.substr(socket_at, colon - socket_at);
  url.path_at = colon == std::string_view::npos ? text.size() : colon + 1;
  url.path_empty = url.path_at == text.size();
  if (!url.socket_path.starts_with('/') || url.socket_path.size() < 2) {
    return wrong("its socket has no absolute path: write for example unix:///run/otel.sock");
  }
  if (url.socket_path.size() > kSocketPathLengthMax) {
    return wrong("its socket's path is longer than the " + std::to_string(kSocketPathLengthMax) +
                 " bytes that the kernel takes: move the socket, or name it by a symbolic link");
  }
  if (text.find_first_of("?%", socket_at) < url.path_at) {
    return wrong("its socket's path has a '?' or a '%', which a URL gives a meaning: rename it");
  }
  if (!url.path_empty && text[url.path_at] != '/') {
    return wrong(
        "the path behind its socket has no slash: write for example "
        "unix:///run/otel.sock:/v1/traces");
  }
  return url;
}

}  // namespace

bool is_unix_url(std::string_view text) {
  return equals_ignoring_case(text.substr(0, kUnixScheme.size()), kUnixScheme);
}

Result<Url> parse_url(std::string_view text) {
  if (text.empty()) return wrong("it is empty: write for example http://localhost:4318/v1/traces");
  if (!std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; })) {
    return wrong(std::string("it holds spaces, control or non-ASCII characters: ") +
                 (is_unix_url(text) ? "name the socket without them" : "percent-encode them"));
  }
  if (text.find('#') != std::string_view::npos) {
    return wrong("it has a fragment, which is never sent: remove the '#' and what follows");
  }
  if (is_unix_url(text)) return parse_unix_url(text);
  const size_t scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos) {
    return wrong("it has no scheme: write http:// or https:// in front");
  }
  Url url;
  url.https = equals_ignoring_case(text.substr(0, scheme_end), "https");
  if (!url.https && !equals_ignoring_case(text.substr(0, scheme_end), "http")) {
    return wrong("its scheme is unknown: use http, https or unix");
  }
  const size_t authority_at = scheme_end + 3;
  url.path_at = std::min(text.find_first_of("/?", authority_at), text.size());
  url.path_empty = url.path_at == text.size() || text[url.path_at] == '?';
  const Result<void> authority =
      parse_authority(text.substr(authority_at, url.path_at - authority_at), url);
  if (!authority) return authority.error();
  CERO_ASSERT(!url.host.empty() && url.port != 0);
  return url;
}

}  // namespace cero::core
