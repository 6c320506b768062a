// Goal: a connection that is dead costs one timeout at most, and a dead host one for all of them.
// Method: the receiver never answers again on connections of its choice, as a host does that is
// gone.
#include <gtest/gtest.h>
#include <netinet/tcp.h>

#include <mutex>
#include <set>
#include <string>

#include "http/listening_peer.h"
#include "http/transport_client.h"
#include "support/temporary_file.h"
#include "support/trace_bodies.h"

namespace cero::core {
namespace {

using namespace std::chrono_literals;
using test::start_receiver;
using test::TransportClient;

// Answers late, so that requests which start together have a connection each, until told that every
// connection there is by then is dead.
class DyingBackend {
 public:
  explicit DyingBackend(bool http2)
      : receiver_(
            start_receiver(receiver::ReceiverOptions{.listeners = {{.tls = true}},
                                                     .http2 = http2,
                                                     .on_request = [this](const auto& request) {
                                                       return reply(request.request.connection_id);
                                                     }})) {}

  Exporter exporter() const {
    return {.endpoint = receiver_->urls()[0],
            .timeout = 1500ms,
            .ca_certificate_file = ca_.path(),
            .requests_in_flight_max = 4};
  }
  void all_die() {
    const std::lock_guard lock(mutex_);
    dead_ = seen_;
  }
  uint64_t connection_count() const { return receiver_->counts().connections; }

 private:
  receiver::Reply reply(uint64_t connection) {
    const std::lock_guard lock(mutex_);
    seen_.insert(connection);
    if (dead_.contains(connection)) return {.fault = receiver::Fault::stall};
    return {.delay = dead_.empty() ? 100ms : 0ms};
  }

  std::mutex mutex_;
  std::set<uint64_t> seen_;
  std::set<uint64_t> dead_;
  std::unique_ptr<receiver::Receiver> receiver_;
  test::TemporaryFile ca_{receiver_->ca_certificate_pem()};
};

class DeadConnection : public testing::TestWithParam<bool> {};  // whether over HTTP/2

// Its timeout was forgotten while another request, to whichever endpoint, was under way.
TEST_P(DeadConnection, is_given_up_whoever_else_is_active) {
  DyingBackend backend(GetParam());
  const test::ListeningPeer silent;
  TransportClient client(backend.exporter(), {.endpoint = silent.url(), .timeout = 0ms});
  ASSERT_TRUE(client.transport().start({.token = 1, .endpoint = 1, .body = "body"}));
  const std::string body = test::TraceBodies(1).next(1);
  EXPECT_EQ(client.send(body).status, 200);
  backend.all_die();
  EXPECT_NE(client.send(body).error.find("imed out"), std::string::npos);
  EXPECT_EQ(client.send(body).status, 200) << client.seen.back().error;
  EXPECT_EQ(backend.connection_count(), 2u);
}

TEST_P(DeadConnection, costs_one_timeout_where_four_are_dead) {
  DyingBackend backend(GetParam());
  TransportClient client(backend.exporter());
  const std::string body = test::TraceBodies(1).next(1);
  for (uint64_t token = 1; token <= 4; ++token) client.start(token, body);
  client.poll_until(4);
  for (const test::SeenCompletion& one : client.seen) ASSERT_EQ(one.status, 200) << one.error;
  ASSERT_EQ(backend.connection_count(), 4u);
  backend.all_die();
  EXPECT_EQ(client.send(body).status, 0);
  for (int i = 0; i < 4; ++i) EXPECT_EQ(client.send(body).status, 200) << client.seen.back().error;
}

TEST_P(DeadConnection, is_not_met_by_a_request_that_asks_for_a_fresh_one) {
  DyingBackend backend(GetParam());
  TransportClient client(backend.exporter());
  const std::string body = test::TraceBodies(1).next(1);
  EXPECT_EQ(client.send(body).status, 200);
  backend.all_die();
  ASSERT_TRUE(client.transport().start({.token = 1, .body = body, .fresh_connection = true}));
  client.poll_until(2);
  EXPECT_EQ(client.seen.back().status, 200) << client.seen.back().error;
  EXPECT_EQ(backend.connection_count(), 2u);
}

INSTANTIATE_TEST_SUITE_P(Over, DeadConnection, testing::Bool(), [](const auto& test) {
  return test.param ? std::string("http2") : std::string("http1");
});

#ifdef TCP_USER_TIMEOUT
TEST(DeadConnections, are_found_by_tcp_after_the_timeout_of_a_request) {
  const auto backend = start_receiver();
  TransportClient client({.endpoint = backend->urls()[0], .timeout = 54'321ms});
  EXPECT_EQ(client.send(test::TraceBodies(1).next(1)).status, 200);
  int found = 0;
  for (int fd = 0; fd < 1024; ++fd) {
    unsigned silence = 0;
    socklen_t size = sizeof(silence);
    if (getsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &silence, &size) == 0 && silence == 54'321)
      ++found;
  }
  EXPECT_EQ(found, 1);
}
#endif

}  // namespace
}  // namespace cero::core
