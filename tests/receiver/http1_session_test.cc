// Goal: HTTP/1 as odd clients speak it. Method: bytes by hand over a socket.
#include <gtest/gtest.h>

#include <string>

#include "receiver/receiver.h"
#include "receiver/request_bodies.h"
#include "receiver/socket_client.h"

namespace cero::receiver {
namespace {

using test::SocketClient;

const std::string kHeadersEnd = "\r\n\r\n";

std::string head(const std::string& more_headers, const std::string& first_line = "") {
  return (first_line.empty() ? "POST /v1/traces HTTP/1.1" : first_line) +
         "\r\nHost: localhost\r\nContent-Type: application/x-protobuf\r\n" + more_headers + "\r\n";
}

std::string with_length(const std::string& body) {
  return head("Content-Length: " + std::to_string(body.size()) + "\r\n") + body;
}

class Http1 : public testing::Test {
 protected:
  Http1() : receiver_(std::move(*Receiver::start({.keep_requests = true}))) {}

  const std::string& url() const { return receiver_->urls()[0]; }

  std::unique_ptr<Receiver> receiver_;
};

bool is_ok(const std::string& response) { return response.starts_with("HTTP/1.1 200 OK\r\n"); }

TEST_F(Http1, answers_pipelined_requests_in_order) {
  SocketClient client(url());
  client.send(with_length(test::export_request(1)) + head("Content-Length: 3\r\n") + "bad" +
              with_length(test::export_request(2)));
  EXPECT_TRUE(is_ok(client.read_until(kHeadersEnd)));
  EXPECT_TRUE(client.read_until("bad tag").starts_with("HTTP/1.1 400 "));
  EXPECT_TRUE(is_ok(client.read_until(kHeadersEnd)));
  EXPECT_EQ(receiver_->counts().spans, 3u);
  EXPECT_EQ(receiver_->counts().connections, 1u);
}

TEST_F(Http1, takes_a_request_byte_by_byte) {
  SocketClient client(url());
  for (const char c : with_length(test::export_request(1))) client.send({&c, 1});
  EXPECT_TRUE(is_ok(client.read_until(kHeadersEnd)));
}

TEST_F(Http1, takes_chunked_bodies) {
  const std::string body = test::export_request(1);
  ASSERT_GT(body.size(), 16u);
  ASSERT_LT(body.size(), 16u + 256u);
  char rest_size[8];
  std::snprintf(rest_size, sizeof(rest_size), "%zx", body.size() - 16);
  SocketClient client(url());
  client.send(head("Transfer-Encoding: chunked\r\n") + "10;extension=x\r\n" + body.substr(0, 16) +
              "\r\n" + rest_size + "\r\n" + body.substr(16) + "\r\n0\r\nTrailer: x\r\n\r\n");
  EXPECT_TRUE(is_ok(client.read_until(kHeadersEnd)));
  EXPECT_EQ(receiver_->take_requests().at(0).request.body, body);
}

TEST_F(Http1, says_continue_before_the_body_when_asked) {
  const std::string body = test::export_request(1);
  SocketClient client(url());
  client.send(
      head("Expect: 100-continue\r\nContent-Length: " + std::to_string(body.size()) + "\r\n"));
  EXPECT_EQ(client.read_until(kHeadersEnd), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send(body);
  EXPECT_TRUE(is_ok(client.read_until(kHeadersEnd)));
}

TEST_F(Http1, refuses_instead_of_continue_when_the_body_is_too_large) {
  SocketClient client(url());
  client.send(head("Expect: 100-continue\r\nContent-Length: 999999999999\r\n"));
  EXPECT_TRUE(client.read_to_end().starts_with("HTTP/1.1 413 "));
}

TEST_F(Http1, ends_the_connection_when_the_client_says_so) {
  SocketClient client(url());
  client.send(head("Connection: close\r\nContent-Length: 0\r\n"));
  const std::string response = client.read_to_end();
  EXPECT_TRUE(is_ok(response));
  EXPECT_NE(response.find("connection: close\r\n"), std::string::npos);
}

TEST_F(Http1, speaks_http_1_0) {
  SocketClient client(url());
  client.send(head("Content-Length: 0\r\n", "POST /v1/traces HTTP/1.0"));
  EXPECT_TRUE(is_ok(client.read_to_end()));
  EXPECT_EQ(receiver_->counts().http_versions.count("1.0"), 1u);
}

TEST_F(Http1, takes_the_absolute_form_of_a_target) {
  SocketClient client(url());
  client.send(head("Content-Length: 0\r\n", "POST http://localhost:1/v1/traces?a=b HTTP/1.1"));
  EXPECT_TRUE(is_ok(client.read_until(kHeadersEnd)));
  EXPECT_EQ(receiver_->take_requests().at(0).request.path, "/v1/traces");
}

TEST_F(Http1, refuses_what_is_not_http) {
  for (const std::string& bytes :
       {std::string("nonsense\r\n\r\n"), head("Content-Length: x\r\n"), head("Bad(Header: x\r\n"),
        head("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n"),
        std::string("PRI * HTTP/9\r\n\r\n")}) {
    SocketClient client(url());
    client.send(bytes);
    EXPECT_TRUE(client.read_to_end().starts_with("HTTP/1.1 400 ")) << bytes;
  }
  EXPECT_EQ(receiver_->counts().requests, 0u);
}

TEST_F(Http1, is_not_troubled_by_clients_that_go_away) {
  { SocketClient client(url()); }
  {
    SocketClient client(url());
    client.send("POST /v1/tr");
  }
  {
    SocketClient client(url());
    client.send(head("Content-Length: 100\r\n") + "half");
  }
  SocketClient client(url());
  client.send(with_length(test::export_request(1)));
  EXPECT_TRUE(is_ok(client.read_until(kHeadersEnd)));
}

}  // namespace
}  // namespace cero::receiver
