// Goal: one answer at a time may be large, so that what backends say takes a bounded amount of
// memory. Method: a server that begins two large answers and ends neither.
#include "http/large_answer.h"

#include <gtest/gtest.h>
#include <poll.h>

#include <array>
#include <string>
#include <thread>

#include "http/listening_peer.h"
#include "http/transport_client.h"

namespace cero::core {
namespace {

using test::ListeningPeer;
using test::TransportClient;

const std::string kBegin(2 * kSmallAnswerBytes, 'x');
const std::string kRest(1'000, 'y');
const std::string kHead =
    "HTTP/1.1 400 Bad Request\r\ncontent-length: " + std::to_string(kBegin.size() + kRest.size()) +
    "\r\nconnection: close\r\n\r\n";

// Ends the answer that the client still reads.
void begin_two_answers(ListeningPeer& peer) {
  std::array<pollfd, 2> connections{};
  for (pollfd& connection : connections) {
    connection = {.fd = peer.accept_one(), .events = POLLRDHUP, .revents = 0};
    ListeningPeer::send_all(connection.fd, kHead + kBegin);
  }
  ASSERT_EQ(poll(connections.data(), connections.size(), -1), 1);
  for (const pollfd& connection : connections) {
    if (connection.revents == 0) ListeningPeer::send_all(connection.fd, kRest);
    ListeningPeer::close_in_order(connection.fd);
  }
}

TEST(LargeAnswer, is_one_at_a_time) {
  ListeningPeer peer;
  TransportClient client({.endpoint = peer.url()});
  for (int round = 0; round < 2; ++round) {
    std::thread serving([&] { begin_two_answers(peer); });
    client.seen.clear();
    client.start(1, "body");
    client.start(2, "body");
    client.poll_until(2);
    serving.join();
    ASSERT_EQ(client.seen.size(), 2u);
    EXPECT_EQ(client.seen[0].status, 0);
    EXPECT_EQ(client.seen[0].error, "out of memory for the answer");
    EXPECT_TRUE(client.seen[0].retryable);
    EXPECT_EQ(client.seen[1].status, 400) << client.seen[1].error;
  }
}

}  // namespace
}  // namespace cero::core
