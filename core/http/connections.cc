#include "http/connections.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <new>

#include "base/assert.h"
#include "http/curl_request_options.h"

namespace cero::core {
namespace {

union Address {
  sockaddr any;
  sockaddr_in v4;
  sockaddr_in6 v6;
  sockaddr_storage storage;
};

// What libcurl calls the ends. A Unix socket's have no name.
void note_ends(Connection* connection) noexcept {
  const int fd = connection->socket.fd();
  Address local{};
  Address peer{};
  socklen_t local_size = sizeof(local);
  socklen_t peer_size = sizeof(peer);
  if (getsockname(fd, &local.any, &local_size) != 0 || getpeername(fd, &peer.any, &peer_size) != 0)
    return;
  const bool v6 = local.any.sa_family == AF_INET6;
  if (!v6 && local.any.sa_family != AF_INET) return;
  const void* address = v6 ? static_cast<const void*>(&peer.v6.sin6_addr) : &peer.v4.sin_addr;
  auto& text = connection->peer_address;
  if (inet_ntop(peer.any.sa_family, address, text.data(), INET6_ADDRSTRLEN) == nullptr) return;
  connection->peer_port = ntohs(v6 ? peer.v6.sin6_port : peer.v4.sin_port);
  connection->local_port = ntohs(v6 ? local.v6.sin6_port : local.v4.sin_port);
}

bool has_ends(const Connection& connection, const ConnectionEnds& ends) noexcept {
  return connection.local_port == ends.local_port && connection.peer_port == ends.peer_port &&
         connection.peer_address.data() == ends.peer_address;
}

// A peer that has acknowledged nothing for as long as a request may take is gone. TCP alone would
// wait for a quarter of an hour. Where there is no such option libcurl's keepalive probes remain.
void bound_silence(int fd, const curl_sockaddr& address, std::chrono::milliseconds most) noexcept {
#ifdef TCP_USER_TIMEOUT
  const bool tcp = address.family == AF_INET || address.family == AF_INET6;
  const auto silence = static_cast<unsigned>(most.count());
  if (tcp && silence > 0) {
    static_cast<void>(setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &silence, sizeof(silence)));
  }
#else
  static_cast<void>(fd);
  static_cast<void>(address);
  static_cast<void>(most);
#endif
}

// To libcurl a timeout ends a stream of HTTP/2 and says nothing of its connection, so it would send
// the next request there, and the next, for as long as TCP has not given up on a peer that is gone.
// What it finds shut down it closes instead.
void end(const Connection& connection) noexcept {
  if (connection.socket.is_open()) shutdown(connection.socket.fd(), SHUT_RDWR);
}

// What came is not the answer to anything. libcurl must find the end when it looks, not bytes.
void drain(int fd) noexcept {
  std::array<char, 4096> bytes;
  for (int i = 0; i < 64 && recv(fd, bytes.data(), bytes.size(), MSG_DONTWAIT) > 0; ++i) {
  }
}

}  // namespace

curl_socket_t Connections::open(const curl_sockaddr& address,
                                const CurlRequestOptions& endpoint) noexcept {
  const int fd = socket(address.family, address.socktype | SOCK_CLOEXEC, address.protocol);
  if (fd < 0) return CURL_SOCKET_BAD;
  const ListedSocket listed(fd);
  try {
    all_.push_back({listed, last_id_ + 1, std::chrono::steady_clock::now(), &endpoint});
  } catch (const std::bad_alloc&) {
    ::close(fd);
    return CURL_SOCKET_BAD;
  }
  ++last_id_;
  bound_silence(fd, address, endpoint.exporter.timeout);
  listed.list();
  return fd;
}

int Connections::close(curl_socket_t socket) noexcept {
  const ListedSocket listed(socket);
  std::erase_if(all_, [&](const Connection& open) { return open.socket.fd() == socket; });
  listed.strike();
  return ::close(socket);
}

void Connections::forget_closed() {
  std::erase_if(all_, [](const Connection& open) {
    if (open.socket.is_open()) return false;
    open.socket.strike();
    return true;
  });
}

uint64_t Connections::begin_request(const CurlRequestOptions& endpoint, const ConnectionEnds& ends,
                                    uint64_t opened) noexcept {
  ++request_count_;
  Connection* connection = find(endpoint, ends, opened);
  if (connection == nullptr) return 0;
  connection->endpoint = &endpoint;
  connection->established = true;
  ++connection->requests;
  return connection->id;
}

void Connections::end_request(uint64_t id) noexcept {
  Connection* connection = at(id);
  if (connection == nullptr) return;
  CERO_ASSERT(connection->requests > 0);
  --connection->requests;
  if (connection->given_up && connection->requests == 0) end(*connection);
}

void Connections::distrust(const CurlRequestOptions& endpoint, uint64_t id) noexcept {
  for (Connection& connection : all_) {
    if (connection.endpoint != &endpoint) continue;
    if (connection.is_idle()) end(connection);
    connection.given_up |= id == 0 ? connection.established : connection.id == id;
  }
}

void Connections::answered(uint64_t id, int http_major) noexcept {
  if (Connection* connection = at(id)) connection->http1 = http_major == 1;
}

void Connections::end_unasked() noexcept {
  std::array<pollfd, 64> idle;
  nfds_t count = 0;
  for (const Connection& connection : all_) {
    // Over HTTP/2 it may be a PING, or the end of what went before.
    if (!connection.is_idle() || !connection.http1 || count == idle.size()) continue;
    idle[count++] = {.fd = connection.socket.fd(), .events = POLLIN, .revents = 0};
  }
  if (count == 0 || poll(idle.data(), count, 0) <= 0) return;
  for (nfds_t i = 0; i < count; ++i) {
    if ((idle[i].revents & POLLIN) == 0) continue;
    shutdown(idle[i].fd, SHUT_RDWR);
    drain(idle[i].fd);
  }
}

bool Connections::any_given_up() const noexcept {
  return std::any_of(all_.begin(), all_.end(), [](const Connection& connection) {
    return connection.given_up && connection.requests > 0;
  });
}

Connection* Connections::find(const CurlRequestOptions& endpoint, const ConnectionEnds& ends,
                              uint64_t opened) noexcept {
  const bool named = ends.local_port > 0;
  if (!named && opened != 0) return at(opened);
  Connection* found = nullptr;
  for (Connection& connection : all_) {
    if (named && connection.local_port == 0) note_ends(&connection);
    const bool fits = named ? has_ends(connection, ends)
                            : connection.endpoint == &endpoint && connection.is_idle();
    if (!fits) continue;
    if (found != nullptr) return nullptr;  // it may be either
    found = &connection;
  }
  return found;
}

Connection* Connections::at(uint64_t id) noexcept {
  const auto found = std::find_if(
      all_.begin(), all_.end(), [&](const Connection& connection) { return connection.id == id; });
  return found == all_.end() ? nullptr : &*found;
}

}  // namespace cero::core
