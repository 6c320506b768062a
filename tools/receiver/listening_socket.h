// A bound, listening, non-blocking TCP or Unix socket.
#ifndef CERO_TOOLS_RECEIVER_LISTENING_SOCKET_H_
#define CERO_TOOLS_RECEIVER_LISTENING_SOCKET_H_

#include <cstdint>
#include <utility>

#include "cero/result.h"
#include "receiver/listen_address.h"

namespace cero::receiver {

class ListeningSocket {
 public:
  // The error names the address and, for one in use, the way out. A Unix socket that nobody listens
  // on any more is replaced.
  static Result<ListeningSocket> open(const ListenAddress& address);

  ListeningSocket(ListeningSocket&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)), port_(other.port_) {}
  ListeningSocket& operator=(ListeningSocket&&) = delete;
  ~ListeningSocket();

  uint16_t port() const { return port_; }
  // The caller then removes a Unix socket's file.
  int release() { return std::exchange(fd_, -1); }

 private:
  explicit ListeningSocket(int fd) : fd_(fd) {}
  static Result<ListeningSocket> open_unix(const ListenAddress& address);

  int fd_;
  uint16_t port_ = 0;
};

}  // namespace cero::receiver

#endif  // CERO_TOOLS_RECEIVER_LISTENING_SOCKET_H_
