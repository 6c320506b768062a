#include "receiver/listening_socket.h"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <string>

namespace cero::receiver {
namespace {

using AddressList = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

std::string describe(const ListenAddress& address) {
  if (!address.socket_path.empty()) return "cannot listen on unix:" + address.socket_path;
  return "cannot listen on " + address.host + ":" + std::to_string(address.port);
}

Error listen_error(const ListenAddress& address, int error_number) {
  std::string message = describe(address) + ": " + std::strerror(error_number);
  if (error_number == EADDRINUSE) {
    message +=
        address.socket_path.empty()
            ? "; end the program that has this port, or choose another (0 takes any free one)"
            : "; end the program that listens there, or choose another path";
  }
  return {ErrorCode::system, std::move(message)};
}

bool bind_again(int fd, const sockaddr* address, socklen_t size) {
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  return bind(fd, address, size) == 0;
}

// A port of 0 becomes that of another socket, for which the kernel chose it. So ours is bound by
// number, which is what makes it keep the port when it does not listen for a while.
bool bind_and_listen(int fd, const addrinfo& at) {
  sockaddr_storage address{};
  socklen_t size = sizeof(address);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  const int scout = socket(at.ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool bound = scout >= 0 && bind_again(scout, at.ai_addr, at.ai_addrlen) &&
                     getsockname(scout, generic, &size) == 0 && bind_again(fd, generic, size);
  if (scout >= 0) close(scout);
  return bound && listen(fd, SOMAXCONN) == 0;
}

// A socket left by a program that has ended: connections to it are refused.
bool is_abandoned(const sockaddr_un& at) {
  struct stat status {};
  if (stat(at.sun_path, &status) != 0 || !S_ISSOCK(status.st_mode)) return false;
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const bool refused =
      connect(fd, reinterpret_cast<const sockaddr*>(&at), sizeof(at)) != 0 && errno == ECONNREFUSED;
  close(fd);
  return refused;
}

bool bind_unix(int fd, const sockaddr_un& at) {
  const auto* address = reinterpret_cast<const sockaddr*>(&at);
  if (bind(fd, address, sizeof(at)) == 0) return true;
  if (errno != EADDRINUSE) return false;
  if (is_abandoned(at) && unlink(at.sun_path) == 0) return bind(fd, address, sizeof(at)) == 0;
  errno = EADDRINUSE;
  return false;
}

uint16_t bound_port(int fd) {
  sockaddr_storage bound{};
  socklen_t size = sizeof(bound);
  getsockname(fd, reinterpret_cast<sockaddr*>(&bound), &size);
  const bool is_ipv6 = bound.ss_family == AF_INET6;
  return ntohs(is_ipv6 ? reinterpret_cast<sockaddr_in6&>(bound).sin6_port
                       : reinterpret_cast<sockaddr_in&>(bound).sin_port);
}

}  // namespace

Result<ListeningSocket> ListeningSocket::open_unix(const ListenAddress& address) {
  sockaddr_un at{};
  at.sun_family = AF_UNIX;
  if (address.socket_path.size() >= sizeof(at.sun_path)) return listen_error(address, ENAMETOOLONG);
  address.socket_path.copy(at.sun_path, address.socket_path.size());
  ListeningSocket listening(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (listening.fd_ < 0 || !bind_unix(listening.fd_, at) || listen(listening.fd_, SOMAXCONN) != 0) {
    return listen_error(address, errno);
  }
  return listening;
}

Result<ListeningSocket> ListeningSocket::open(const ListenAddress& address) {
  if (!address.socket_path.empty()) return open_unix(address);
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int failed =
      getaddrinfo(address.host.c_str(), std::to_string(address.port).c_str(), &hints, &found);
  if (failed != 0) {
    return Error(ErrorCode::invalid_options, describe(address) + ": " + gai_strerror(failed) +
                                                 "; give an address of this host");
  }
  const AddressList list(found, &freeaddrinfo);
  int error_number = 0;
  for (const addrinfo* at = found; at != nullptr; at = at->ai_next) {
    ListeningSocket listening(socket(at->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (listening.fd_ >= 0 && bind_and_listen(listening.fd_, *at)) {
      listening.port_ = bound_port(listening.fd_);
      return listening;
    }
    error_number = errno;
  }
  return listen_error(address, error_number);
}

ListeningSocket::~ListeningSocket() {
  if (fd_ >= 0) close(fd_);
}

}  // namespace cero::receiver
