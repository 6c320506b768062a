// The sockets of every connection of this process, so that a forked child can close its copies: a
// backend would else not see the end of a connection that the parent has closed.
//
// I1  A socket is listed after it is opened, and struck before it is closed. libcurl 7.88 closes
//     one that is still connecting without a word, and its number may then be the host's: so a
//     socket is listed with its inode, and a number that has another by now is left alone.
//
// Threads: any. No lock, so that a child finds the list whole.
// Loss:    a socket beyond kListedMax is not listed, and stays open in a child.
#ifndef CERO_CORE_HTTP_OPEN_SOCKETS_H_
#define CERO_CORE_HTTP_OPEN_SOCKETS_H_

#include <cstddef>
#include <cstdint>

namespace cero::core {

constexpr size_t kListedMax = 1024;

class ListedSocket {
 public:
  explicit ListedSocket(int fd) noexcept;

  int fd() const noexcept { return static_cast<int>(packed_ >> 32) - 1; }
  // Its number is still this socket's.
  bool is_open() const noexcept { return ListedSocket(fd()).packed_ == packed_; }

  // In place of one that had its number.
  void list() const noexcept;
  void strike() const noexcept;

 private:
  friend void close_inherited_sockets() noexcept;
  explicit ListedSocket(uint64_t packed) noexcept : packed_(packed) {}

  uint64_t packed_;  // the number plus one, and the inode
};

// In a forked child, while it has one thread. Nothing is sent.
void close_inherited_sockets() noexcept;

}  // namespace cero::core

#endif  // CERO_CORE_HTTP_OPEN_SOCKETS_H_
