// Goal: each scripted fault reaches the client as the thing it is named for, and counts as the
// client must conclude. Method: libcurl where it tells faults apart, bytes over a socket where it
// does not.
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <string>
#include <utility>

#include "otlp/trace.pb.h"
#include "receiver/http_client.h"
#include "receiver/receiver.h"
#include "receiver/request_bodies.h"
#include "receiver/socket_client.h"

namespace cero::receiver {
namespace {

using test::export_request;
using test::HttpClient;
using test::HttpResponse;
using test::SocketClient;

constexpr std::array kBothVersions{long{CURL_HTTP_VERSION_1_1},
                                   long{CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE}};

const std::string kOneSpan = export_request(1);

std::string http1_post() {
  return "POST /v1/traces HTTP/1.1\r\ncontent-type: application/x-protobuf\r\ncontent-length: " +
         std::to_string(kOneSpan.size()) + "\r\n\r\n" + kOneSpan;
}

// The first request is answered with the fault under test, later ones are accepted.
std::unique_ptr<Receiver> start(const Reply& first) {
  const auto decide = [first](const RequestInfo& request) {
    return request.index == 1 ? first : Reply{};
  };
  return std::move(*Receiver::start({.on_request = decide, .keep_requests = true}));
}

uint32_t last_stream_of(const test::Http2Frame& goaway) {
  uint32_t value = 0;
  for (size_t i = 0; i < 4 && i < goaway.payload.size(); ++i) {
    value = value << 8 | static_cast<uint8_t>(goaway.payload[i]);
  }
  return value;
}

TEST(Fault, gives_status_headers_and_body_as_scripted) {
  const Reply reply{.status = 503,
                    .headers = {{"retry-after", "7"}, {"content-type", "text/plain"}},
                    .body = "later"};
  for (const long version : kBothVersions) {
    HttpClient client({.http_version = version});
    const auto receiver = start(reply);
    const HttpResponse response = client.post(receiver->urls()[0], kOneSpan);
    EXPECT_EQ(response.status, 503);
    EXPECT_EQ(response.headers.at("retry-after"), "7");
    EXPECT_EQ(response.headers.at("content-type"), "text/plain");
    EXPECT_EQ(response.body, "later");
    EXPECT_EQ(receiver->counts().spans, 0u) << "a refused request counts no spans";
    EXPECT_EQ(receiver->take_requests().at(0).status, 503);
  }
}

TEST(Fault, tells_the_handler_of_the_request) {
  uint64_t spans = 0;
  std::string body;
  auto receiver = Receiver::start({.on_request = [&](const RequestInfo& request) {
    spans = request.span_count;
    body = request.body;
    return Reply{};
  }});
  ASSERT_TRUE(receiver);
  HttpClient().post((*receiver)->urls()[0], test::gzip(export_request(7)),
                    {"content-encoding: gzip"});
  EXPECT_EQ(spans, 7u);
  EXPECT_EQ(body, export_request(7));
}

TEST(Fault, rejects_part_of_the_spans) {
  const auto receiver =
      start({.partial_success = PartialSuccess{.rejected_spans = 3, .message = "too old"}});
  const HttpResponse response = HttpClient().post(receiver->urls()[0], export_request(10));
  EXPECT_EQ(response.status, 200);
  otlp::ExportTraceServiceResponse message;
  ASSERT_TRUE(message.ParseFromString(response.body));
  EXPECT_EQ(message.partial_success().rejected_spans(), 3);
  EXPECT_EQ(message.partial_success().error_message(), "too old");
  EXPECT_EQ(receiver->counts().spans, 7u);
}

TEST(Fault, answers_late_and_in_order) {
  constexpr std::chrono::milliseconds kDelay{50};
  const auto receiver = start({.status = 429, .delay = kDelay});
  const auto begin = std::chrono::steady_clock::now();
  SocketClient client(receiver->urls()[0]);
  client.send(http1_post() + http1_post());
  EXPECT_TRUE(client.read_until("\r\n").starts_with("HTTP/1.1 429"));
  EXPECT_GE(std::chrono::steady_clock::now() - begin, kDelay);
  EXPECT_FALSE(client.read_until("HTTP/1.1 200").empty());
}

TEST(Fault, answers_other_http2_streams_before_a_delayed_one) {
  const auto receiver = start({.status = 429, .delay = std::chrono::milliseconds(50)});
  SocketClient client(receiver->urls()[0]);
  client.send(test::http2_start() + test::http2_post(1, kOneSpan) + test::http2_post(3, kOneSpan));
  EXPECT_EQ(test::read_http2_frame(client, test::kHttp2Headers).stream_id, 3u);
  EXPECT_EQ(test::read_http2_frame(client, test::kHttp2Headers).stream_id, 1u);
}

TEST(Fault, forgets_a_delayed_answer_when_the_client_has_gone) {
  const auto receiver = start({.delay = std::chrono::hours(1)});
  {
    SocketClient client(receiver->urls()[0]);
    client.send(http1_post());
    EXPECT_TRUE(receiver->wait_for_requests(1, std::chrono::seconds(20)));
  }
  EXPECT_EQ(HttpClient().post(receiver->urls()[0], kOneSpan).status, 200);
}

TEST(Fault, stalls) {
  for (const long version : kBothVersions) {
    const auto receiver = start({.fault = Fault::stall});
    HttpClient client({.http_version = version, .timeout = std::chrono::milliseconds(100)});
    EXPECT_EQ(client.post(receiver->urls()[0], kOneSpan).outcome, CURLE_OPERATION_TIMEDOUT);
    EXPECT_EQ(receiver->counts().spans, 0u);
  }
}

TEST(Fault, closes_instead_of_an_answer) {
  for (const std::string& request :
       {http1_post(), test::http2_start() + test::http2_post(1, kOneSpan)}) {
    const auto receiver = start({.fault = Fault::close});
    SocketClient client(receiver->urls()[0]);
    client.send(request);
    EXPECT_EQ(client.read_to_end().find("200"), std::string::npos);
    EXPECT_FALSE(client.was_reset());
    EXPECT_EQ(receiver->counts().spans, 0u);
  }
}

TEST(Fault, closes_unannounced_after_an_answer) {
  const auto receiver = start({.fault = Fault::close_after_reply});
  SocketClient client(receiver->urls()[0]);
  client.send(http1_post());
  const std::string response = client.read_to_end();
  EXPECT_TRUE(response.starts_with("HTTP/1.1 200"));
  EXPECT_EQ(response.find("connection"), std::string::npos);
  EXPECT_EQ(receiver->counts().spans, 1u);
}

TEST(Fault, resets_an_http1_connection) {
  const auto receiver = start({.fault = Fault::reset});
  SocketClient client(receiver->urls()[0]);
  client.send(http1_post());
  EXPECT_EQ(client.read_to_end(), "");
  EXPECT_TRUE(client.was_reset());
}

TEST(Fault, resets_an_http2_stream_and_keeps_the_connection) {
  const auto receiver = start({.fault = Fault::reset});
  SocketClient client(receiver->urls()[0]);
  client.send(test::http2_start() + test::http2_post(1, kOneSpan));
  EXPECT_EQ(test::read_http2_frame(client, test::kHttp2Reset).stream_id, 1u);
  client.send(test::http2_post(3, kOneSpan));
  EXPECT_EQ(test::read_http2_frame(client, test::kHttp2Headers).stream_id, 3u);
  EXPECT_EQ(receiver->counts().spans, 1u);
}

TEST(Fault, resets_the_connection_under_http2) {
  const auto receiver = start({.fault = Fault::reset_connection});
  SocketClient client(receiver->urls()[0]);
  client.send(test::http2_start() + test::http2_post(1, kOneSpan));
  client.read_to_end();
  EXPECT_TRUE(client.was_reset());
}

TEST(Fault, counts_spans_that_were_stored_but_not_confirmed) {
  const auto receiver = start({.fault = Fault::reset, .accepted = true});
  EXPECT_NE(HttpClient().post(receiver->urls()[0], kOneSpan).outcome, CURLE_OK);
  EXPECT_EQ(HttpClient().post(receiver->urls()[0], kOneSpan).status, 200);
  EXPECT_EQ(receiver->counts().spans, 2u);
  EXPECT_EQ(receiver->counts().unique_spans, 1u);
}

TEST(Fault, answers_as_the_last_one_with_goaway) {
  const auto receiver = start({.fault = Fault::goaway});
  SocketClient client(receiver->urls()[0]);
  client.send(test::http2_start() + test::http2_post(1, kOneSpan));
  const std::string all = client.read_to_end();
  EXPECT_EQ(receiver->counts().spans, 1u);
  EXPECT_NE(all.find(test::http2_frame(
                {.type = test::kHttp2Goaway, .payload = std::string("\0\0\0\1\0\0\0\0", 8)})),
            std::string::npos);
}

TEST(Fault, ends_http1_politely_with_goaway) {
  const auto receiver = start({.fault = Fault::goaway});
  SocketClient client(receiver->urls()[0]);
  client.send(http1_post());
  EXPECT_NE(client.read_to_end().find("connection: close\r\n"), std::string::npos);
}

TEST(Fault, refuses_a_stream_with_goaway_and_answers_those_before_it) {
  const auto decide = [](const RequestInfo& request) {
    if (request.index == 1) return Reply{.delay = std::chrono::milliseconds(20)};
    return Reply{.fault = Fault::goaway_refused};
  };
  const auto receiver = std::move(*Receiver::start({.on_request = decide}));
  SocketClient client(receiver->urls()[0]);
  client.send(test::http2_start() + test::http2_post(1, kOneSpan) + test::http2_post(3, kOneSpan));
  EXPECT_EQ(last_stream_of(test::read_http2_frame(client, test::kHttp2Goaway)), 1u);
  EXPECT_EQ(test::read_http2_frame(client, test::kHttp2Headers).stream_id, 1u);
  client.read_to_end();
  EXPECT_FALSE(client.was_reset());
  EXPECT_EQ(receiver->counts().spans, 1u);
}

}  // namespace
}  // namespace cero::receiver
