// ConnectProxy: a proxy of the kind https_proxy names. Tunnels what CONNECT asks for to
// 127.0.0.1, answers everything else itself, and remembers the heads of all requests.
#ifndef CERO_TESTS_HTTP_CONNECT_PROXY_H_
#define CERO_TESTS_HTTP_CONNECT_PROXY_H_

#include <poll.h>

#include <array>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "http/listening_peer.h"

namespace cero::test {

class ConnectProxy {
 public:
  // `refusal`: what CONNECT is answered with instead, a whole head.
  explicit ConnectProxy(std::string refusal = {}) : refusal_(std::move(refusal)) {
    thread_ = std::thread([this] { serve(); });
  }
  ~ConnectProxy() {
    peer_.end();
    thread_.join();
    for (std::thread& tunnel : tunnels_) tunnel.join();
  }

  std::string authority() const { return "127.0.0.1:" + std::to_string(peer_.port()); }
  std::vector<std::string> heads() const {
    const std::lock_guard lock(mutex_);
    return heads_;
  }

 private:
  void serve() {
    for (int client = 0; (client = peer_.accept_one()) >= 0;)
      tunnels_.emplace_back([this, client] { serve_one(client); });
  }

  // Ends with the client's or the server's end of it.
  void serve_one(int client) {
    const std::string head = read_head(client);
    {
      const std::lock_guard lock(mutex_);
      heads_.push_back(head);
    }
    if (!head.starts_with("CONNECT ")) {
      ListeningPeer::send_all(client, "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    } else if (!refusal_.empty()) {
      ListeningPeer::send_all(client, refusal_);
    } else {
      const int server = connect_to(head);
      ListeningPeer::send_all(client, "HTTP/1.1 200 OK\r\n\r\n");
      relay(client, server);
      close(server);
    }
    shutdown(client, SHUT_WR);
    while (pass_on(client, -1)) {
    }
    close(client);
  }

  static std::string read_head(int client) {
    std::string head;
    char byte = 0;
    while (!head.ends_with("\r\n\r\n") && recv(client, &byte, 1, 0) == 1) head += byte;
    return head;
  }

  static int connect_to(const std::string& head) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<uint16_t>(std::stoi(head.substr(head.find(':') + 1))));
    const int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(server, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0)
      throw std::runtime_error("ConnectProxy cannot connect");
    return server;
  }

  static void relay(int client, int server) {
    std::array<pollfd, 2> ends{{{client, POLLIN, 0}, {server, POLLIN, 0}}};
    while (poll(ends.data(), ends.size(), -1) > 0) {
      if (ends[0].revents != 0 && !pass_on(client, server)) return;
      if (ends[1].revents != 0 && !pass_on(server, client)) return;
    }
  }

  // False at the end. To nobody: -1.
  static bool pass_on(int from, int to) {
    std::array<char, 16384> bytes;
    const ssize_t size = recv(from, bytes.data(), bytes.size(), 0);
    if (size <= 0) return false;
    return to < 0 || ListeningPeer::send_all(to, {bytes.data(), static_cast<size_t>(size)});
  }

  const std::string refusal_;
  ListeningPeer peer_;
  mutable std::mutex mutex_;  // guards heads_
  std::vector<std::string> heads_;
  std::vector<std::thread> tunnels_;  // of thread_, then of the destructor
  std::thread thread_;
};

}  // namespace cero::test

#endif  // CERO_TESTS_HTTP_CONNECT_PROXY_H_
