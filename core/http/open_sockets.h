// The sockets of every connection of this process, so that a forked child can close its copies: a
// backend would else not see the end of a connection that the parent has closed.
//
// I1  A socket is listed only while it is open: it is listed after it is opened, and struck before
//     it is closed, so that no number of the host's is ever in the list.
//
// Threads: any. No lock, so that a child finds the list whole.
// Loss:    a socket beyond kListedMax is not listed, and stays open in a child.
#ifndef CERO_CORE_HTTP_OPEN_SOCKETS_H_
#define CERO_CORE_HTTP_OPEN_SOCKETS_H_

#include <cstddef>

namespace cero::core {

constexpr size_t kListedMax = 1024;

void list_socket(int fd) noexcept;
void strike_socket(int fd) noexcept;

// In a forked child, while it has one thread. Nothing is sent.
void close_inherited_sockets() noexcept;

}  // namespace cero::core

#endif  // CERO_CORE_HTTP_OPEN_SOCKETS_H_
