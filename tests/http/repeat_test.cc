// Goal: what is sent again without asking the sender is sent again once, over a new connection, and
// counted. Method: the receiver takes requests and ends the connection instead of an answer, on
// connections that it has answered before.
#include <gtest/gtest.h>

#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "http/listening_peer.h"
#include "http/transport_client.h"
#include "support/temporary_file.h"
#include "support/trace_bodies.h"

namespace cero::core {
namespace {

using namespace std::chrono_literals;
using test::start_receiver;
using test::TransportClient;

// Stores what comes, and from then on answers on no connection that there was when it was told so.
class ForgetfulBackend {
 public:
  explicit ForgetfulBackend(bool http2)
      : receiver_(
            start_receiver(receiver::ReceiverOptions{.listeners = {{.tls = true}},
                                                     .http2 = http2,
                                                     .on_request = [this](const auto& request) {
                                                       return reply(request.request.connection_id);
                                                     }})) {}

  Exporter exporter() const {
    return {.endpoint = receiver_->urls()[0], .ca_certificate_file = ca_.path()};
  }
  void end_connections(bool new_ones_too = false) {
    const std::lock_guard lock(mutex_);
    ended_ = seen_;
    all_ended_ = new_ones_too;
  }
  uint64_t request_count() const { return receiver_->counts().requests; }

 private:
  receiver::Reply reply(uint64_t connection) {
    const std::lock_guard lock(mutex_);
    seen_.insert(connection);
    if (all_ended_ || ended_.contains(connection))
      return {.fault = receiver::Fault::close, .accepted = true};
    return {.delay = ended_.empty() ? 100ms : 0ms};
  }

  std::mutex mutex_;
  std::set<uint64_t> seen_;
  std::set<uint64_t> ended_;
  bool all_ended_ = false;
  std::unique_ptr<receiver::Receiver> receiver_;
  test::TemporaryFile ca_{receiver_->ca_certificate_pem()};
};

class Repeat : public testing::TestWithParam<bool> {};  // whether over HTTP/2

// libcurl went through all the connections it had.
TEST_P(Repeat, goes_over_a_new_connection_and_is_counted) {
  ForgetfulBackend backend(GetParam());
  TransportClient client(backend.exporter());
  const std::string body = test::TraceBodies(1).next(1);
  for (uint64_t token = 1; token <= 4; ++token) client.start(token, body);
  client.poll_until(4);
  EXPECT_EQ(client.seen.back().repeats, 0u);
  backend.end_connections();
  const test::SeenCompletion seen = client.send(body);
  EXPECT_EQ(seen.status, 200) << seen.error;
  EXPECT_EQ(seen.repeats, 1u);
  EXPECT_EQ(backend.request_count(), 6u);
}

TEST_P(Repeat, is_made_once) {
  ForgetfulBackend backend(GetParam());
  TransportClient client(backend.exporter());
  const std::string body = test::TraceBodies(1).next(1);
  client.send(body);
  backend.end_connections(/*new_ones_too=*/true);
  const test::SeenCompletion seen = client.send(body);
  EXPECT_EQ(seen.status, 0);
  EXPECT_TRUE(seen.retryable);
  EXPECT_EQ(seen.repeats, 1u);
  EXPECT_EQ(backend.request_count(), 3u);
}

TEST_P(Repeat, is_not_made_of_the_first_request_on_a_connection) {
  ForgetfulBackend backend(GetParam());
  backend.end_connections(/*new_ones_too=*/true);
  TransportClient client(backend.exporter());
  EXPECT_EQ(client.send(test::TraceBodies(1).next(1)).repeats, 0u);
  EXPECT_EQ(backend.request_count(), 1u);
}

INSTANTIATE_TEST_SUITE_P(Over, Repeat, testing::Bool(), [](const auto& test) {
  return test.param ? std::string("http2") : std::string("http1");
});

// A server may refuse each stream.
TEST(RepeatOfARefusedStream, is_made_once) {
  const auto backend =
      start_receiver({.listeners = {{.tls = true}}, .on_request = [](const receiver::RequestInfo&) {
                        return receiver::Reply{.fault = receiver::Fault::refused_stream};
                      }});
  const test::TemporaryFile ca(backend->ca_certificate_pem());
  TransportClient client({.endpoint = backend->urls()[0], .ca_certificate_file = ca.path()});
  const test::SeenCompletion seen = client.send(test::TraceBodies(1).next(1));
  EXPECT_EQ(seen.status, 0);
  EXPECT_TRUE(seen.retryable);
  EXPECT_EQ(seen.repeats, 1u);
  EXPECT_EQ(backend->counts().requests, 2u);
  EXPECT_NE(seen.error.find("two connections in a row"), std::string::npos) << seen.error;
}

}  // namespace
}  // namespace cero::core
