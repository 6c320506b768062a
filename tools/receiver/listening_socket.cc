#include "receiver/listening_socket.h"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <string>

namespace cero::receiver {
namespace {

using AddressList = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

std::string describe(const ListenAddress& address) {
  return "cannot listen on " + address.host + ":" + std::to_string(address.port);
}

Error listen_error(const ListenAddress& address, int error_number) {
  std::string message = describe(address) + ": " + std::strerror(error_number);
  if (error_number == EADDRINUSE) {
    message += "; end the program that has this port, or choose another (0 takes any free one)";
  }
  return {ErrorCode::system, std::move(message)};
}

bool bind_and_listen(int fd, const addrinfo& at) {
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  return bind(fd, at.ai_addr, at.ai_addrlen) == 0 && listen(fd, SOMAXCONN) == 0;
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

Result<ListeningSocket> ListeningSocket::open(const ListenAddress& address) {
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
