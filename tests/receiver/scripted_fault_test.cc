// Goal: what a fault script says reaches a client over each protocol, and counts as it must.
// Method: libcurl and bare sockets against a receiver with a script.
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "receiver/http_client.h"
#include "receiver/receiver.h"
#include "receiver/request_bodies.h"
#include "receiver/socket_client.h"

namespace cero::receiver {
namespace {

using namespace std::chrono_literals;
using test::export_request;
using test::HttpClient;
using test::HttpResponse;
using test::SocketClient;

const std::string kOneSpan = export_request(1);

std::unique_ptr<Receiver> start(std::string_view script, bool tls = false) {
  auto faults = parse_fault_script(script);
  EXPECT_TRUE(faults) << (faults ? "" : faults.error().message());
  auto receiver = Receiver::start({.listeners = {{.tls = tls}}, .faults = *std::move(faults)});
  EXPECT_TRUE(receiver) << (receiver ? "" : receiver.error().message());
  return *std::move(receiver);
}

std::string http1_head() {
  return "POST /v1/traces HTTP/1.1\r\ncontent-type: application/x-protobuf\r\ncontent-length: " +
         std::to_string(kOneSpan.size()) + "\r\n\r\n";
}
std::string http1_post() { return http1_head() + kOneSpan; }
std::string http2_open() { return test::http2_start() + test::http2_post(1, kOneSpan); }

CURLcode outcome_of(const Receiver& receiver, long version = CURL_HTTP_VERSION_1_1) {
  HttpClient client({.http_version = version, .ca_pem = receiver.ca_certificate_pem()});
  return client.post(receiver.urls()[0], kOneSpan).outcome;
}

TEST(ScriptedFault, counts_what_it_took_refused_and_left_unsaid) {
  const auto receiver = start("status 503\npartial-success 3\nreset, stored\nstatus 400\n");
  HttpClient client;
  const auto post = [&](int spans) {
    return client.post(receiver->urls()[0], export_request(spans));
  };
  EXPECT_EQ(post(10).status, 503);
  EXPECT_EQ(post(10).status, 200);
  EXPECT_NE(HttpClient().post(receiver->urls()[0], export_request(20)).outcome, CURLE_OK);
  EXPECT_EQ(post(5).status, 400);
  EXPECT_EQ(post(10).status, 200);
  const Counts counts = receiver->counts();
  EXPECT_EQ(counts.refused_spans, 15u);
  EXPECT_EQ(counts.rejected_spans, 3u);
  EXPECT_EQ(counts.unconfirmed_spans, 20u);
  EXPECT_EQ(counts.spans, 7u + 20u + 10u);
  EXPECT_EQ(counts.faults.at("status 503"), 1u);
  EXPECT_EQ(counts.faults.at("reset, stored"), 1u);
  EXPECT_NE(to_json(counts).find("\"refused_spans\":15"), std::string::npos);
  EXPECT_NE(to_json(counts).find("\"partial-success 3\":1"), std::string::npos);
}

TEST(ScriptedFault, refuses_connections_and_listens_again) {
  const auto receiver = start("ok\nfor 100ms: refuse\n");
  SocketClient open(receiver->urls()[0]);
  open.send(http1_post());
  EXPECT_TRUE(open.read_to_end().starts_with("HTTP/1.1 200")) << "and then it is closed";
  EXPECT_EQ(outcome_of(*receiver), CURLE_COULDNT_CONNECT);
  while (outcome_of(*receiver) == CURLE_COULDNT_CONNECT) {
  }
  EXPECT_EQ(receiver->counts().spans, 2u);
  EXPECT_EQ(receiver->counts().faults.at("refuse"), 1u);
}

TEST(ScriptedFault, hangs_up) {
  const auto receiver = start("hang up\nhang up reset\n");
  SocketClient closed(receiver->urls()[0]);
  EXPECT_EQ(closed.read_to_end(), "");
  EXPECT_FALSE(closed.was_reset());
  SocketClient reset(receiver->urls()[0]);
  EXPECT_EQ(reset.read_to_end(), "");
  EXPECT_TRUE(reset.was_reset());
  EXPECT_EQ(outcome_of(*receiver), CURLE_OK);
}

TEST(ScriptedFault, is_silent_to_one_connection) {
  const auto receiver = start("silence\n");
  HttpClient client({.timeout = 50ms});
  EXPECT_EQ(client.post(receiver->urls()[0], kOneSpan).outcome, CURLE_OPERATION_TIMEDOUT);
  EXPECT_EQ(outcome_of(*receiver), CURLE_OK);
  EXPECT_EQ(receiver->counts().requests, 1u);
}

TEST(ScriptedFault, a_step_of_connections_closes_those_that_are_open) {
  const auto receiver = start("2 times: ok\nhang up\n");
  SocketClient idle(receiver->urls()[0]);
  idle.send(http1_post());
  EXPECT_FALSE(idle.read_until("HTTP/1.1 200").empty());
  SocketClient busy(receiver->urls()[0]);
  busy.send(http1_post());
  EXPECT_TRUE(busy.read_to_end().starts_with("HTTP/1.1 200")) << "it got its answer before";
  idle.read_to_end();
  EXPECT_FALSE(idle.was_reset());
}

TEST(ScriptedFault, breaks_the_handshake) {
  for (const char* action : {"tls alert", "tls plaintext"}) {
    const auto receiver = start(action, /*tls=*/true);
    EXPECT_EQ(outcome_of(*receiver), CURLE_SSL_CONNECT_ERROR) << action;
    EXPECT_EQ(outcome_of(*receiver), CURLE_OK) << action;
  }
}

TEST(ScriptedFault, shows_a_wrong_certificate) {
  for (const char* action : {"tls expired", "tls wrong-host", "tls unknown-ca"}) {
    const auto receiver = start(action, /*tls=*/true);
    EXPECT_EQ(outcome_of(*receiver), CURLE_PEER_FAILED_VERIFICATION) << action;
    EXPECT_EQ(outcome_of(*receiver), CURLE_OK) << action;
  }
}

TEST(ScriptedFault, needs_tls_for_steps_about_tls) {
  const auto receiver = Receiver::start({.faults = *parse_fault_script("tls alert")});
  ASSERT_FALSE(receiver);
  EXPECT_NE(receiver.error().message().find("--tls-listen"), std::string::npos);
}

TEST(ScriptedFault, ends_an_upload) {
  for (const char* action : {"close upload", "reset upload"}) {
    const auto receiver = start(action);
    SocketClient client(receiver->urls()[0]);
    client.send(http1_head());
    EXPECT_EQ(client.read_to_end(), "");
    EXPECT_EQ(client.was_reset(), std::string(action) == "reset upload");
    EXPECT_EQ(receiver->counts().requests, 0u);
  }
  const auto receiver = start("reset upload");
  SocketClient client(receiver->urls()[0]);
  client.send(http2_open());
  client.read_to_end();
  EXPECT_TRUE(client.was_reset());
}

TEST(ScriptedFault, stalls_an_upload_until_the_client_leaves) {
  for (const long version :
       {long{CURL_HTTP_VERSION_1_1}, long{CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE}}) {
    const auto receiver = start("stall upload");
    HttpClient client({.http_version = version, .timeout = 50ms});
    EXPECT_EQ(client.post(receiver->urls()[0], kOneSpan).outcome, CURLE_OPERATION_TIMEDOUT);
    EXPECT_EQ(receiver->counts().requests, 0u);
    EXPECT_EQ(outcome_of(*receiver, version), CURLE_OK);
  }
}

TEST(ScriptedFault, keeps_a_body_back_or_cuts_it) {
  const auto stalled = start("stall body");
  HttpClient client({.timeout = 50ms});
  const HttpResponse response = client.post(stalled->urls()[0], kOneSpan);
  EXPECT_EQ(response.outcome, CURLE_OPERATION_TIMEDOUT);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(stalled->counts().spans, 0u);

  EXPECT_EQ(outcome_of(*start("truncated")), CURLE_PARTIAL_FILE);
  const auto http2 = start("truncated\nstall body");
  SocketClient cut(http2->urls()[0]);
  cut.send(http2_open());
  const test::Http2Frame data = test::read_http2_frame(cut, test::kHttp2Data);
  EXPECT_EQ(data.payload.size(), 1u);
  EXPECT_EQ(data.flags & 1, 0) << "the stream goes on";
  cut.read_to_end();
  SocketClient waiting(http2->urls()[0]);
  waiting.send(http2_open());
  EXPECT_EQ(test::read_http2_frame(waiting, test::kHttp2Headers).flags & 1, 0);
}

TEST(ScriptedFault, talks_garbage) {
  EXPECT_NE(outcome_of(*start("garbage")), CURLE_OK);
  EXPECT_NE(outcome_of(*start("garbage"), CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE), CURLE_OK);
}

TEST(ScriptedFault, trickles_the_whole_answer) {
  for (const long version :
       {long{CURL_HTTP_VERSION_1_1}, long{CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE}}) {
    const auto receiver = start("trickle 1ms");
    HttpClient client({.http_version = version});
    const HttpResponse response = client.post(receiver->urls()[0], kOneSpan);
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body.size(), 2u);
    EXPECT_EQ(receiver->counts().unconfirmed_spans, 0u);
  }
}

TEST(ScriptedFault, answers_that_nobody_waited_for_are_unconfirmed) {
  for (const char* action : {"trickle 10s", "ok, delay 10s"}) {
    const auto receiver = start(action);
    HttpClient({.timeout = 50ms}).post(receiver->urls()[0], kOneSpan);
    EXPECT_EQ(outcome_of(*receiver), CURLE_OK);
    receiver->stop();
    EXPECT_EQ(receiver->counts().unconfirmed_spans, 1u) << action;
    EXPECT_EQ(receiver->counts().spans, 2u);
  }
}

TEST(ScriptedFault, a_window_lets_a_body_through_unless_it_is_stuck) {
  const std::string body = export_request(3'000);  // more than a client may send unasked
  ASSERT_GT(body.size(), 100'000u);
  const auto receiver = start("window 100\nwindow 100 stuck\n");
  const auto post = [&](std::chrono::milliseconds timeout) {
    HttpClient client({.http_version = CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE, .timeout = timeout});
    return client.post(receiver->urls()[0], body).outcome;
  };
  EXPECT_EQ(post(20s), CURLE_OK);
  EXPECT_EQ(post(50ms), CURLE_OPERATION_TIMEDOUT);
  EXPECT_EQ(post(20s), CURLE_OK);
}

TEST(ScriptedFault, resets_a_stream_with_the_code) {
  const auto receiver = start("rst refused_stream");
  SocketClient client(receiver->urls()[0]);
  client.send(http2_open());
  EXPECT_EQ(test::read_http2_frame(client, test::kHttp2Reset).payload, std::string("\0\0\0\7", 4));
}

TEST(ScriptedFault, what_it_lets_pass_goes_to_the_handler) {
  int asked = 0;
  const auto receiver = Receiver::start({.on_request =
                                             [&](const RequestInfo&) {
                                               ++asked;
                                               return Reply{};
                                             },
                                         .faults = *parse_fault_script("status 503\nbad gzip\n")});
  ASSERT_TRUE(receiver);
  HttpClient client;
  EXPECT_EQ(client.post((*receiver)->urls()[0], kOneSpan).status, 503);
  const HttpResponse odd = client.post((*receiver)->urls()[0], kOneSpan);
  EXPECT_EQ(odd.headers.at("content-encoding"), "gzip");
  EXPECT_EQ(client.post((*receiver)->urls()[0], kOneSpan).body, "");
  EXPECT_EQ(asked, 2);
}

}  // namespace
}  // namespace cero::receiver
