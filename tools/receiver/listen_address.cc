#include "receiver/listen_address.h"

#include <charconv>

#include "receiver/reply.h"

namespace cero::receiver {

std::optional<ListenAddress> parse_listen_address(std::string_view text) {
  constexpr std::string_view kUnix = "unix:";
  if (text.starts_with(kUnix)) {
    text.remove_prefix(kUnix.size());
    if (text.size() < 2 || text.front() != '/') return std::nullopt;
    return ListenAddress{.socket_path = std::string(text)};
  }
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);

  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  } else if (host.empty() || host.find_first_of(":[]/") != std::string_view::npos) {
    return std::nullopt;
  }
  ListenAddress address{.host = std::string(host)};
  const auto [end, failed] = std::from_chars(port.data(), port.data() + port.size(), address.port);
  if (failed != std::errc() || end != port.data() + port.size()) return std::nullopt;
  return address;
}

std::string traces_url(const ListenAddress& address, uint16_t port) {
  if (!address.socket_path.empty()) return "unix:" + address.socket_path;
  const bool is_ipv6 = address.host.find(':') != std::string::npos;
  const std::string host = is_ipv6 ? "[" + address.host + "]" : address.host;
  return (address.tls ? "https://" : "http://") + host + ":" + std::to_string(port) +
         std::string(kTracesPath);
}

}  // namespace cero::receiver
