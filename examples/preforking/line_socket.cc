#include "line_socket.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace preforking {
namespace {

constexpr size_t kLineMax = 1024;
constexpr int kBacklog = 256;

sockaddr_in loopback(uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

int make_socket() { return socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0); }

}  // namespace

LineSocket::LineSocket(LineSocket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

LineSocket LineSocket::listen() {
  LineSocket socket(make_socket());
  const sockaddr_in address = loopback(0);
  if (bind(socket.fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(socket.fd_, kBacklog) != 0)
    throw std::system_error(errno, std::generic_category(), "cannot listen");
  return socket;
}

std::optional<LineSocket> LineSocket::connect(uint16_t port) {
  LineSocket socket(make_socket());
  const sockaddr_in address = loopback(port);
  if (::connect(socket.fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return std::nullopt;
  return socket;
}

uint16_t LineSocket::port() const {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

std::optional<LineSocket> LineSocket::accept() const {
  const int fd = accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC);
  if (fd < 0) return std::nullopt;
  return LineSocket(fd);
}

std::optional<std::string> LineSocket::read_line() const {
  std::string line;
  for (char byte; line.size() < kLineMax && read(fd_, &byte, 1) == 1; line += byte) {
    if (byte == '\n') return line;
  }
  return std::nullopt;
}

bool LineSocket::write_line(const std::string& line) const {
  const std::string whole = line + '\n';
  return send(fd_, whole.data(), whole.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(whole.size());
}

void LineSocket::close() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

}  // namespace preforking
