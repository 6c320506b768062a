// A bare TCP client for what no HTTP client would do: odd framings, half a request, frames by hand.
#ifndef CERO_TESTS_RECEIVER_SOCKET_CLIENT_H_
#define CERO_TESTS_RECEIVER_SOCKET_CLIENT_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace cero::test {

class SocketClient {
 public:
  // `url` as from Receiver::urls(), an IPv4 one without TLS.
  explicit SocketClient(const std::string& url);
  ~SocketClient();
  SocketClient(const SocketClient&) = delete;
  SocketClient& operator=(const SocketClient&) = delete;

  void send(std::string_view bytes);
  // All up to and with `end`; what came before the connection ended when `end` does not come.
  std::string read_until(std::string_view end);
  std::string read_bytes(size_t size);
  std::string read_to_end();
  // After a read came up short: a TCP reset, and not an orderly end.
  bool was_reset() const { return was_reset_; }

 private:
  bool read_more();

  int fd_ = -1;
  std::string unread_;
  bool was_reset_ = false;
};

// HTTP/2 frames.
struct Http2Frame {
  uint8_t type = 0;
  uint8_t flags = 0;
  uint32_t stream_id = 0;
  std::string payload = {};
};

inline constexpr uint8_t kHttp2Data = 0;
inline constexpr uint8_t kHttp2Headers = 1;
inline constexpr uint8_t kHttp2Reset = 3;
inline constexpr uint8_t kHttp2Settings = 4;
inline constexpr uint8_t kHttp2Goaway = 7;

std::string http2_frame(const Http2Frame& frame);
// Preface and empty settings, then whole POST requests of one body each.
std::string http2_start();
std::string http2_post(uint32_t stream_id, const std::string& body);
// The next frame of this type; a frame of type 255 when the connection ends first.
Http2Frame read_http2_frame(SocketClient& client, uint8_t type);

}  // namespace cero::test

#endif  // CERO_TESTS_RECEIVER_SOCKET_CLIENT_H_
