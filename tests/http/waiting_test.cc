// Goal: the transport waits where nothing can move, whatever its sockets look like.
// Method: polls are counted, since one that spins polls tens of thousands of times a second.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <future>
#include <string>
#include <thread>
#include <vector>

#include "http/listening_peer.h"
#include "http/stalled_server.h"
#include "http/transport_client.h"
#include "support/forked_child.h"
#include "support/temporary_file.h"

namespace cero::core {
namespace {

using namespace std::chrono_literals;
using test::TransportClient;

// Rounds for nothing, as wakeups make them.
void wake_many_times(TransportClient& client) {
  for (int i = 0; i < 40; ++i) {
    client.transport().wakeup();
    client.poll();
  }
}

// It is readable for ever. With libcurl 7.88.1 there were 63,963 rounds in 300 ms.
TEST(Waiting, does_not_spin_on_an_idle_connection_that_the_server_closed) {
  test::ListeningPeer peer;
  TransportClient client({.endpoint = peer.url(), .timeout = 300ms});
  client.start(1, "body");
  client.start(2, "body");
  std::promise<void> answer_is_read;
  std::thread serving([&] {
    const int first = peer.accept_one();
    const int second = peer.accept_one();
    test::ListeningPeer::send_all(first, "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    answer_is_read.get_future().wait();
    close(first);
    char byte = 0;
    while (recv(second, &byte, 1, 0) > 0) {
    }
    close(second);
  });
  client.poll_until(1);
  EXPECT_EQ(client.seen.at(0).status, 200) << client.seen.at(0).error;
  answer_is_read.set_value();
  wake_many_times(client);
  EXPECT_LT(client.poll_until(2), 200);
  EXPECT_EQ(client.seen.at(1).status, 0);
  client.transport().abort_all();
  serving.join();
}

// The same where an upload is held back, by which libcurl 7.88 spins on its own.
TEST(Waiting, does_not_spin_on_it_while_an_upload_is_held_back) {
  test::ListeningPeer peer;
  test::StalledServer stalled;
  const test::TemporaryFile ca(stalled.ca_certificate_pem());
  TransportClient client(
      {.endpoint = peer.url(), .timeout = 300ms},
      {.endpoint = stalled.url(), .timeout = 300ms, .ca_certificate_file = ca.path()});
  client.start(1, "body");
  std::thread serving([&] {
    const int connection = peer.accept_one();
    test::ListeningPeer::send_all(connection, "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    shutdown(connection, SHUT_WR);
    char byte = 0;
    while (recv(connection, &byte, 1, 0) > 0) {
    }
    close(connection);
  });
  client.poll_until(1);
  const std::string body(1'000'000, 'x');
  ASSERT_TRUE(client.transport().start({.token = 2, .endpoint = 1, .body = body}));
  EXPECT_LT(client.poll_until(2), 500);
  peer.end();
  client.end();
  serving.join();
}

// Descriptors that are open.
std::vector<bool> open_descriptors() {
  std::vector<bool> open(1024);
  for (int fd = 0; fd < 1024; ++fd) open[fd] = fcntl(fd, F_GETFD) >= 0;
  return open;
}

// As a program does that makes a daemon of itself. libcurl's own are among them.
TEST(Waiting, does_not_spin_when_the_host_closes_all_descriptors) {
  const test::ListeningPeer silent;
  for (const bool under_way : {false, true}) {
    test::ForkedChild child([&] {
      const std::vector<bool> before = open_descriptors();
      TransportClient client({.endpoint = silent.url()});
      if (under_way) client.start(1, "body");
      client.transport().poll({}, client);
      for (int fd = 0; fd < 1024; ++fd) {
        if (!before[fd]) close(fd);
      }
      int polls = 0;
      const TimePoint limit = std::chrono::steady_clock::now() + 200ms;
      for (; std::chrono::steady_clock::now() < limit; ++polls)
        client.transport().poll(limit, client);
      return polls < 200 ? std::string("calm") : std::to_string(polls) + " polls";
    });
    EXPECT_EQ(child.wait(), "calm") << (under_way ? "with a request" : "without a request");
  }
}

}  // namespace
}  // namespace cero::core
