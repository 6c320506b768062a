// ListeningPeer: a server's bare end of TCP, for what no server would do. One connection at a time,
// each on the caller's thread.
#ifndef CERO_TESTS_HTTP_LISTENING_PEER_H_
#define CERO_TESTS_HTTP_LISTENING_PEER_H_

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <string>
#include <string_view>

namespace cero::test {

class ListeningPeer {
 public:
  explicit ListeningPeer(int backlog = 16)
      : listening_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    if (bind(listening_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        listen(listening_, backlog) != 0 ||
        getsockname(listening_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
      throw std::runtime_error("ListeningPeer cannot listen");
    }
    port_ = ntohs(address.sin_port);
  }
  ~ListeningPeer() { close(listening_); }
  ListeningPeer(const ListeningPeer&) = delete;
  ListeningPeer& operator=(const ListeningPeer&) = delete;

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/v1/traces"; }
  uint16_t port() const { return port_; }

  // From a client of its own, which does not wait and closes it.
  int begin_connection() const {
    const int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port_);
    static_cast<void>(connect(client, reinterpret_cast<sockaddr*>(&address), sizeof(address)));
    return client;
  }

  // -1 once end() was called. The caller closes it.
  int accept_one() { return accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC); }
  // From another thread.
  void end() { shutdown(listening_, SHUT_RDWR); }

  // To the next connection, until the client ends it.
  void answer_for_ever(std::string_view begin, std::string_view rest) {
    const int connection = accept_one();
    for (std::string_view bytes = begin; send_all(connection, bytes); bytes = rest) {
    }
    close(connection);
  }

  static bool send_all(int connection, std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = send(connection, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
    return true;
  }

  // The peer has all that was sent: to close a connection with bytes unread would reset it.
  static void close_in_order(int connection) {
    shutdown(connection, SHUT_WR);
    std::array<char, 4096> unread;
    while (recv(connection, unread.data(), unread.size(), 0) > 0) continue;
    close(connection);
  }

 private:
  int listening_;
  uint16_t port_ = 0;
};

}  // namespace cero::test

#endif  // CERO_TESTS_HTTP_LISTENING_PEER_H_
