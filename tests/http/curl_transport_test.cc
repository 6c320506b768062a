// Goal: the transport on libcurl keeps the contract of transport.h, and never spins.
// Method: against the in-process receiver and a server that stalls; poll() is called as the export
// thread would, by hand.
#include "http/curl_transport.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "http/stalled_server.h"
#include "http/transport_client.h"
#include "support/temporary_file.h"
#include "support/trace_bodies.h"

namespace cero::core {
namespace {

using namespace std::chrono_literals;

using test::start_receiver;
using test::TransportClient;

TEST(CurlTransport, completes_every_post_with_its_token) {
  const auto backend = start_receiver();
  TransportClient client({.endpoint = backend->urls()[0], .requests_in_flight_max = 8});
  test::TraceBodies bodies(1);
  std::vector<std::string> kept;
  for (int i = 0; i < 8; ++i) kept.push_back(bodies.next(10));
  for (uint64_t token = 1; token <= 8; ++token) client.start(token, kept[token - 1]);
  client.poll_until(8);
  uint64_t sum = 0;
  for (const test::SeenCompletion& one : client.seen) {
    EXPECT_EQ(one.status, 200);
    sum += one.token;
  }
  EXPECT_EQ(sum, 36u);
  EXPECT_EQ(backend->counts().unique_spans, 80u);
  EXPECT_LE(client.transport().connection_count(), 8u);
}

TEST(CurlTransport, uses_a_connection_again) {
  const auto backend = start_receiver();
  TransportClient client({.endpoint = backend->urls()[0]});
  const std::string body = test::TraceBodies(1).next(1);
  for (uint64_t token = 1; token <= 10; ++token) {
    client.start(token, body);
    client.poll_until(token);
  }
  EXPECT_EQ(client.transport().connection_count(), 1u);
  EXPECT_EQ(backend->counts().connections, 1u);
}

TEST(CurlTransport, hands_over_retry_after) {
  const auto backend = start_receiver([](const receiver::RequestInfo&) {
    return receiver::Reply{.status = 503, .headers = {{"retry-after", "17"}}};
  });
  TransportClient client({.endpoint = backend->urls()[0]});
  const std::string body = test::TraceBodies(1).next(1);
  client.start(1, body);
  client.poll_until(1);
  EXPECT_EQ(client.seen.at(0).status, 503);
  EXPECT_EQ(client.seen.at(0).retry_after, "17");
}

TEST(CurlTransport, calls_a_refused_connection_retryable_and_says_so) {
  auto backend = start_receiver();
  const std::string url = backend->urls()[0];
  backend.reset();
  TransportClient client({.endpoint = url});
  client.start(1, "body");
  client.poll_until(1);
  EXPECT_EQ(client.seen.at(0).status, 0);
  EXPECT_TRUE(client.seen.at(0).retryable);
  EXPECT_NE(client.seen.at(0).error.find("onnect"), std::string::npos) << client.seen.at(0).error;
  EXPECT_EQ(client.transport().connection_count(), 0u);
}

TEST(CurlTransport, returns_from_poll_after_a_wakeup_before_it) {
  TransportClient client({});
  client.transport().wakeup();
  client.transport().poll(TimePoint::max(), client);
  EXPECT_TRUE(client.seen.empty());
}

TEST(CurlTransport, returns_from_poll_after_a_wakeup_during_it) {
  TransportClient client({});
  std::thread waking([&] { client.transport().wakeup(); });
  client.transport().poll(TimePoint::max(), client);
  waking.join();
  EXPECT_TRUE(client.seen.empty());
}

receiver::Reply stalls_twice(const receiver::RequestInfo& request) {
  return {.fault = request.index <= 2 ? receiver::Fault::stall : receiver::Fault::none};
}

TEST(CurlTransport, aborts_without_completions_and_works_on) {
  const auto backend = start_receiver(stalls_twice);
  TransportClient client({.endpoint = backend->urls()[0], .timeout = 0ms});
  const std::string body = test::TraceBodies(1).next(1);
  client.start(1, body);
  client.start(2, body);
  while (backend->counts().requests < 2) {
    client.transport().poll(std::chrono::steady_clock::now() + 1ms, client);
  }
  client.transport().abort_all();
  client.start(1, body);
  client.poll_until(1);
  EXPECT_EQ(client.seen.at(0).status, 200);
}

// With CURLOPT_PIPEWAIT libcurl 8.14 sent HTTP/1.1 servers one request at a time.
class CurlTransportInParallel : public testing::TestWithParam<std::tuple<bool, bool>> {};

TEST_P(CurlTransportInParallel, sends_a_post_while_another_has_no_answer) {
  const auto [tls, http2] = GetParam();
  const auto backend =
      start_receiver({.listeners = {{.tls = tls}}, .http2 = http2, .on_request = stalls_twice});
  const test::TemporaryFile ca(backend->ca_certificate_pem());
  TransportClient client({.endpoint = backend->urls()[0],
                          .timeout = 0ms,
                          .ca_certificate_file = tls ? ca.path() : ""});
  const std::string body = test::TraceBodies(1).next(1);
  for (uint64_t token = 1; token <= 3; ++token) client.start(token, body);
  client.poll_until(1);
  EXPECT_EQ(client.seen.at(0).status, 200) << "the third";
  EXPECT_EQ(backend->counts().requests, 3u);
}

INSTANTIATE_TEST_SUITE_P(Servers, CurlTransportInParallel,
                         testing::Combine(testing::Bool(), testing::Bool()), [](const auto& test) {
                           return std::string(std::get<0>(test.param) ? "https" : "http") +
                                  (std::get<1>(test.param) ? "_with_http2" : "_without_http2");
                         });

// libcurl 7.88.1 polled 685,909 times in 3 s and used a core for it.
TEST(CurlTransport, waits_without_spinning_while_flow_control_holds_an_upload_back) {
  test::StalledServer server;
  const test::TemporaryFile ca(server.ca_certificate_pem());
  TransportClient client(
      {.endpoint = server.url(), .timeout = 300ms, .ca_certificate_file = ca.path()});
  const std::string body(1'000'000, 'x');
  client.start(1, body);
  EXPECT_LT(client.poll_until(1), 500);
  EXPECT_EQ(client.seen.at(0).status, 0);
  EXPECT_TRUE(client.seen.at(0).retryable);
}

}  // namespace
}  // namespace cero::core
