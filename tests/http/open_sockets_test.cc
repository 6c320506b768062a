// Goal: a child closes what is listed and nothing else. Method: sockets of this process in its
// place.
#include "http/open_sockets.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <vector>

namespace cero::core {
namespace {

int make_socket() { return socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0); }
bool is_open(int fd) { return fcntl(fd, F_GETFD) >= 0; }

TEST(OpenSockets, closes_those_listed_once) {
  const int kept = make_socket();
  const int listed = make_socket();
  const int struck = make_socket();
  list_socket(listed);
  list_socket(struck);
  strike_socket(struck);
  close_inherited_sockets();
  EXPECT_TRUE(is_open(kept));
  EXPECT_TRUE(is_open(struck));
  EXPECT_FALSE(is_open(listed));
  const int reused = make_socket();  // most likely with that number
  close_inherited_sockets();
  EXPECT_TRUE(is_open(reused));
  for (const int fd : {kept, struck, reused}) close(fd);
}

TEST(OpenSockets, leaves_alone_what_does_not_fit) {
  // Numbers that no socket of this process has: closing them does nothing.
  constexpr int kNoSocket = 1 << 20;
  for (size_t i = 0; i < kListedMax; ++i) list_socket(kNoSocket + static_cast<int>(i));
  const int kept = make_socket();
  list_socket(kept);
  close_inherited_sockets();
  EXPECT_TRUE(is_open(kept));
  list_socket(kept);
  close_inherited_sockets();
  EXPECT_FALSE(is_open(kept)) << "there was room again";
}

}  // namespace
}  // namespace cero::core
