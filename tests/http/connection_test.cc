// Goal: connections are kept, renewed by age, bounded, and found over a Unix socket.
// Method: the transport against the in-process receiver, which counts connections. An age is whole
// seconds to libcurl, so those tests last two of them; the receiver answers late, so that they do
// not burn them.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include "http/listening_peer.h"
#include "http/transport_check.h"
#include "http/transport_client.h"
#include "support/forked_child.h"
#include "support/temporary_file.h"
#include "support/trace_bodies.h"

namespace cero::core {
namespace {

using namespace std::chrono_literals;
using test::start_receiver;
using test::TransportClient;

receiver::Reply late(const receiver::RequestInfo&) { return {.delay = 200ms}; }

TEST(Connection, is_renewed_when_it_is_old_and_idle) {
  const auto backend = start_receiver(late);
  TransportClient client({.endpoint = backend->urls()[0], .connection_age_max = 1s});
  const std::string body = test::TraceBodies(1).next(1);
  const TimePoint limit = test::transport_limit();
  while (backend->counts().connections < 2 && std::chrono::steady_clock::now() < limit)
    ASSERT_EQ(client.send(body).status, 200);
  EXPECT_EQ(backend->counts().connections, 2u);
  EXPECT_EQ(client.transport().connection_count(), 2u);
}

// libcurl 8 shares an HTTP/2 connection, which is then never idle.
TEST(Connection, is_renewed_when_it_is_old_and_always_busy) {
  const auto backend = start_receiver(
      {.listeners = {{.tls = true}}, .on_request = [](const receiver::RequestInfo& request) {
         return receiver::Reply{.delay = request.index % 2 == 0 ? 200ms : 350ms};  // never together
       }});
  const test::TemporaryFile ca(backend->ca_certificate_pem());
  TransportClient client({.endpoint = backend->urls()[0],
                          .ca_certificate_file = ca.path(),
                          .requests_in_flight_max = 2,
                          .connection_age_max = 1s});
  const std::string body = test::TraceBodies(1).next(1);
  uint64_t started = 1;
  client.start(started, body);
  client.poll_until(1);
  const TimePoint limit = test::transport_limit();
  const auto keep_two_under_way = [&] {
    while (started < client.seen.size() + 2) client.start(++started, body);
    client.poll();
  };
  while (client.seen.size() < 2 && std::chrono::steady_clock::now() < limit) keep_two_under_way();
  const uint64_t before = backend->counts().connections;
  while (backend->counts().connections == before && std::chrono::steady_clock::now() < limit)
    keep_two_under_way();
  EXPECT_GT(backend->counts().connections, before);
  for (const test::SeenCompletion& one : client.seen) EXPECT_EQ(one.status, 200) << one.error;
}

// A full backlog keeps a connection from being made. libcurl 7.88 closes its socket without a word.
TEST(Connection, leaves_a_child_the_hosts_descriptors_when_it_is_given_up_before_it_is_made) {
  const test::ListeningPeer server(/*backlog=*/0);
  std::vector<int> hosts;
  for (int i = 0; i < 8; ++i) hosts.push_back(server.begin_connection());
  TransportClient client({.endpoint = server.url(), .timeout = 100ms});
  EXPECT_EQ(client.send("body").status, 0);
  client.transport().abort_all();
  for (int i = 0; i < 8; ++i) hosts.push_back(dup(hosts[0]));  // with the numbers libcurl had
  test::ForkedChild child([&] {
    const auto is_closed = [](int fd) { return fcntl(fd, F_GETFD) < 0; };
    return std::to_string(std::count_if(hosts.begin(), hosts.end(), is_closed)) + " closed";
  });
  EXPECT_EQ(child.wait(), "0 closed");
  for (const int fd : hosts) close(fd);
}

// Several uploads on one connection would share a window, which an old libcurl waits for by
// spinning.
TEST(Connection, is_shared_over_http2_unless_libcurl_is_old) {
  const auto backend = start_receiver({.listeners = {{.tls = true}}, .on_request = late});
  const test::TemporaryFile ca(backend->ca_certificate_pem());
  TransportClient client({.endpoint = backend->urls()[0], .ca_certificate_file = ca.path()});
  const std::string body = test::TraceBodies(1).next(1);
  client.send(body);
  for (uint64_t token = 1; token <= 3; ++token) client.start(token, body);
  client.poll_until(4);
  for (const test::SeenCompletion& one : client.seen) EXPECT_EQ(one.status, 200) << one.error;
  EXPECT_EQ(backend->counts().connections, is_old_libcurl() ? 3u : 1u);
}

TEST(Connection, are_never_more_than_requests_in_flight) {
  const auto backend = start_receiver(late);
  TransportClient client({.endpoint = backend->urls()[0], .requests_in_flight_max = 3});
  const std::string body = test::TraceBodies(1).next(1);
  for (uint64_t round = 1; round <= 3; ++round) {
    for (uint64_t i = 0; i < 3; ++i) client.start(round * 10 + i, body);
    client.poll_until(3 * round);
  }
  EXPECT_EQ(backend->counts().connections, 3u);
}

int descriptors_to(uint16_t port) {
  int count = 0;
  for (int fd = 0; fd < 1024; ++fd) {
    sockaddr_in peer{};
    socklen_t size = sizeof(peer);
    if (getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size) == 0 &&
        ntohs(peer.sin_port) == port)
      ++count;
  }
  return count;
}

// 200 processes held 774 of them.
TEST(Connection, of_a_rush_are_closed_when_it_is_over) {
  const auto backend = start_receiver([](const receiver::RequestInfo& request) {
    return receiver::Reply{.delay = request.index <= 4 ? 200ms : 0ms};
  });
  const std::string url = backend->urls()[0];
  const auto port = static_cast<uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
  TransportClient client({.endpoint = url});
  const std::string body = test::TraceBodies(1).next(1);
  for (uint64_t token = 1; token <= 4; ++token) client.start(token, body);
  client.poll_until(4);
  EXPECT_EQ(descriptors_to(port), 4);
  for (int i = 0; i < 50; ++i) EXPECT_EQ(client.send(body).status, 200);
  EXPECT_EQ(descriptors_to(port), 1);
  EXPECT_EQ(backend->counts().connections, 4u) << "and none is opened for it";
}

// A server whose headers never end.
TEST(Connection, gives_up_on_headers_without_end) {
  test::ListeningPeer peer;
  TransportClient client({.endpoint = peer.url(), .timeout = 0ms});
  client.start(1, "body");
  std::thread serving([&] { peer.answer_for_ever("HTTP/1.1 200 OK\r\n", "x: yyyyyyyy\r\n"); });
  client.poll_until(1);
  serving.join();
  EXPECT_EQ(client.seen.at(0).status, 0);
  EXPECT_FALSE(client.seen.at(0).retryable);
  EXPECT_NE(client.seen.at(0).error.find("headers"), std::string::npos) << client.seen.at(0).error;
}

// ---- Unix sockets

std::string socket_path() {
  return testing::TempDir() + "cero_connection_" + std::to_string(getpid()) + ".sock";
}

TEST(Connection, goes_over_a_unix_socket) {
  const auto backend =
      start_receiver({.listeners = {{.socket_path = socket_path()}}, .keep_requests = true});
  TransportClient client({.endpoint = "unix:" + socket_path() + ":/v1/traces"});
  const std::string body = test::TraceBodies(1).next(3);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(client.send(body).status, 200);
  EXPECT_EQ(backend->counts().spans, 9u);
  EXPECT_EQ(backend->counts().connections, 1u);
  const receiver::Request request = backend->take_requests().at(0).request;
  EXPECT_EQ(request.path, "/v1/traces");
  EXPECT_EQ(receiver::header_value(request.headers, "host"), "localhost");
}

TEST(Connection, names_a_unix_socket_that_is_not_there) {
  TransportClient client({.endpoint = "unix:" + socket_path() + ":/v1/traces"});
  const test::SeenCompletion seen = client.send("body");
  EXPECT_EQ(seen.status, 0);
  EXPECT_TRUE(seen.retryable);
  EXPECT_EQ(seen.error, "failed to connect to the Unix socket " + socket_path() +
                            ": No such file or directory");
}

}  // namespace
}  // namespace cero::core
