// One place to listen on: "127.0.0.1:4318", "localhost:0", "[::1]:4318", "unix:/tmp/otel.sock".
#ifndef CERO_TOOLS_RECEIVER_LISTEN_ADDRESS_H_
#define CERO_TOOLS_RECEIVER_LISTEN_ADDRESS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cero::receiver {

struct ListenAddress {
  std::string host = "127.0.0.1";
  uint16_t port = 0;  // 0: the kernel chooses, Receiver::urls() tells
  bool tls = false;
  std::string socket_path = {};  // of a Unix socket: neither host nor port counts then
};

// HOST:PORT, an IPv6 host in brackets, or unix:/PATH. Nothing when the text is not of that form.
std::optional<ListenAddress> parse_listen_address(std::string_view text);

// The URL to send traces to, as cero's exporter takes it; `port` is the one that was bound.
std::string traces_url(const ListenAddress& address, uint16_t port);

}  // namespace cero::receiver

#endif  // CERO_TOOLS_RECEIVER_LISTEN_ADDRESS_H_
