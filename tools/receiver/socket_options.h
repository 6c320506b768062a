// What several files set on sockets and timers.
#ifndef CERO_TOOLS_RECEIVER_SOCKET_OPTIONS_H_
#define CERO_TOOLS_RECEIVER_SOCKET_OPTIONS_H_

#include <sys/socket.h>
#include <sys/time.h>

#include <chrono>

namespace cero::receiver {

inline timeval to_timeval(std::chrono::milliseconds time) {
  return {time.count() / 1000, static_cast<suseconds_t>(time.count() % 1000 * 1000)};
}

// Closing a socket with a linger time of zero is what makes the kernel send RST.
inline void reset_when_closed(int fd) {
  const linger no_linger{1, 0};
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &no_linger, sizeof(no_linger));
}

}  // namespace cero::receiver

#endif  // CERO_TOOLS_RECEIVER_SOCKET_OPTIONS_H_
