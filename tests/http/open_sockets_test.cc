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
  ListedSocket(listed).list();
  ListedSocket(struck).list();
  ListedSocket(struck).strike();
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
  for (size_t i = 0; i < kListedMax; ++i) ListedSocket(kNoSocket + static_cast<int>(i)).list();
  const int kept = make_socket();
  ListedSocket(kept).list();
  close_inherited_sockets();
  EXPECT_TRUE(is_open(kept));
  ListedSocket(kept).list();
  close_inherited_sockets();
  EXPECT_FALSE(is_open(kept)) << "there was room again";
}

// libcurl 7.88 does so with one that is still connecting.
TEST(OpenSockets, leaves_alone_a_number_that_is_not_the_listed_sockets_any_more) {
  const int listed = make_socket();
  ListedSocket(listed).list();
  close(listed);
  const int hosts = make_socket();
  ASSERT_EQ(hosts, listed) << "the number of the host's own";
  close_inherited_sockets();
  EXPECT_TRUE(is_open(hosts));
  close(hosts);
}

TEST(OpenSockets, needs_one_place_for_a_number_however_often_it_is_closed_without_a_word) {
  for (size_t i = 0; i < 2 * kListedMax; ++i) {
    const int listed = make_socket();
    ListedSocket(listed).list();
    close(listed);
  }
  const int last = make_socket();
  ListedSocket(last).list();
  close_inherited_sockets();
  EXPECT_FALSE(is_open(last)) << "there was room";
}

}  // namespace
}  // namespace cero::core
