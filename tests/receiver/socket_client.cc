#include "receiver/socket_client.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace cero::test {
namespace {

constexpr size_t kFrameHeaderBytes = 9;
constexpr timeval kReadTimeout{20, 0};  // only so that a broken receiver fails the test

// A header that is neither indexed nor Huffman coded.
std::string literal_header(std::string_view name, std::string_view value) {
  std::string bytes(1, '\0');
  bytes += static_cast<char>(name.size());
  bytes += name;
  bytes += static_cast<char>(value.size());
  bytes += value;
  return bytes;
}

}  // namespace

SocketClient::SocketClient(const std::string& url) : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
  const size_t host_at = url.find("://") + 3;
  const size_t port_at = url.find(':', host_at) + 1;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(std::stoi(url.substr(port_at))));
  EXPECT_EQ(
      inet_pton(AF_INET, url.substr(host_at, port_at - 1 - host_at).c_str(), &address.sin_addr), 1);
  setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &kReadTimeout, sizeof(kReadTimeout));
  EXPECT_EQ(connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
}

SocketClient::~SocketClient() { close(fd_); }

void SocketClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
}

bool SocketClient::read_more() {
  char bytes[4096];
  const ssize_t size = recv(fd_, bytes, sizeof(bytes), 0);
  EXPECT_FALSE(size < 0 && errno == EAGAIN) << "nothing came";
  was_reset_ = size < 0 && errno == ECONNRESET;
  if (size > 0) unread_.append(bytes, static_cast<size_t>(size));
  return size > 0;
}

std::string SocketClient::read_until(std::string_view end) {
  while (unread_.find(end) == std::string::npos) {
    if (!read_more()) return std::exchange(unread_, {});
  }
  return read_bytes(unread_.find(end) + end.size());
}

std::string SocketClient::read_bytes(size_t size) {
  while (unread_.size() < size) {
    if (!read_more()) return std::exchange(unread_, {});
  }
  std::string bytes = unread_.substr(0, size);
  unread_.erase(0, size);
  return bytes;
}

std::string SocketClient::read_to_end() {
  while (read_more()) {
  }
  return std::exchange(unread_, {});
}

std::string http2_frame(const Http2Frame& frame) {
  std::string bytes;
  const auto add = [&](uint64_t number, int byte_count) {
    for (int shift = 8 * (byte_count - 1); shift >= 0; shift -= 8) {
      bytes += static_cast<char>(number >> shift);
    }
  };
  add(frame.payload.size(), 3);
  add(frame.type, 1);
  add(frame.flags, 1);
  add(frame.stream_id, 4);
  return bytes + frame.payload;
}

std::string http2_start() {
  return "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + http2_frame({.type = kHttp2Settings});
}

std::string http2_post(uint32_t stream_id, const std::string& body) {
  const std::string headers =
      literal_header(":method", "POST") + literal_header(":scheme", "http") +
      literal_header(":path", "/v1/traces") + literal_header(":authority", "localhost") +
      literal_header("content-type", "application/x-protobuf");
  constexpr uint8_t kEndHeaders = 4;
  constexpr uint8_t kEndStream = 1;
  return http2_frame({kHttp2Headers, kEndHeaders, stream_id, headers}) +
         http2_frame({kHttp2Data, kEndStream, stream_id, body});
}

Http2Frame read_http2_frame(SocketClient& client, uint8_t type) {
  for (;;) {
    const std::string header = client.read_bytes(kFrameHeaderBytes);
    if (header.size() < kFrameHeaderBytes) return {.type = 255};
    const auto number = [&](size_t at, size_t byte_count) {
      uint32_t value = 0;
      for (size_t i = at; i < at + byte_count; ++i) {
        value = value << 8 | static_cast<uint8_t>(header[i]);
      }
      return value;
    };
    Http2Frame frame{static_cast<uint8_t>(header[3]), static_cast<uint8_t>(header[4]), number(5, 4),
                     client.read_bytes(number(0, 3))};
    if (frame.type == type) return frame;
  }
}

}  // namespace cero::test
