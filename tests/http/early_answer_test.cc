// Goal: an answer that came counts, and nothing that came before the question is an answer.
// Method: servers that are no more than their bytes, over HTTP/1.1 and HTTP/2.
#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <future>
#include <string>
#include <string_view>
#include <thread>
#include <tuple>
#include <vector>

#include "http/listening_peer.h"
#include "http/stalled_server.h"
#include "http/transport_check.h"
#include "http/transport_client.h"
#include "support/temporary_file.h"

namespace cero::core {
namespace {

using namespace std::chrono_literals;
using namespace std::literals;
using test::ListeningPeer;
using test::TransportClient;

// ---- HTTP/2: an answer, and RST_STREAM behind it

std::string frame(char type, char flags, uint32_t stream, std::string_view payload) {
  std::string bytes = {0, 0, static_cast<char>(payload.size()), type, flags, 0,
                       0, 0, static_cast<char>(stream)};
  return bytes.append(payload);
}

constexpr char kData = 0, kHeaders = 1, kResetStream = 3;
constexpr char kEndStream = 1, kEndHeaders = 4;

// By records of TLS.
enum Form { in_one, head_apart, reset_apart, in_three };

// 413 with the four bytes "busy", and then "no more of the body, please".
std::vector<std::string> refusal(uint32_t stream, bool with_length, Form form) {
  const std::string status =
      "\x08\x03"
      "413"s;
  const std::string length = with_length ? "\x0f\x0d\x01"
                                           "4"s
                                         : ""s;
  const std::string head = frame(kHeaders, kEndHeaders, stream, status + length);
  const std::string body = frame(kData, kEndStream, stream, "busy");
  const std::string reset = frame(kResetStream, 0, stream, std::string(4, '\0'));
  switch (form) {
    case in_one:
      return {head + body + reset};
    case head_apart:
      return {head, body + reset};
    case reset_apart:
      return {head + body, reset};
    case in_three:
      break;
  }
  return {head, body, reset};
}

// Whether it tells its length, and how it comes.
class EarlyAnswer : public testing::TestWithParam<std::tuple<bool, Form>> {};

// The server has decided before the body came, and stops it as RFC 9113 8.1 has it.
TEST_P(EarlyAnswer, counts_though_the_stream_was_reset_behind_it) {
  const auto [with_length, form] = GetParam();
  if (form == in_one && is_old_libcurl()) GTEST_SKIP() << "it hands over nothing";
  const test::StalledServer server(TLS1_3_VERSION, [with_length = with_length, form = form](
                                                       unsigned char type, uint32_t stream) {
    return type == kHeaders ? refusal(stream, with_length, form) : std::vector<std::string>();
  });
  const test::TemporaryFile ca(server.ca_certificate_pem());
  TransportClient client(
      {.endpoint = server.url(), .timeout = 5s, .ca_certificate_file = ca.path()});
  const std::string body(60'000, 'x');
  for (int i = 0; i < 8; ++i) EXPECT_EQ(client.send(body).status, 413) << client.seen.back().error;
}

std::string form_name(const testing::TestParamInfo<std::tuple<bool, Form>>& test) {
  constexpr std::array kNames = {"in_one", "head_apart", "reset_apart", "in_three"};
  const auto [with_length, form] = test.param;
  return std::string(kNames[form]) + (with_length ? "_with_length" : "");
}

INSTANTIATE_TEST_SUITE_P(Forms, EarlyAnswer,
                         testing::Combine(testing::Bool(), testing::Values(in_one, head_apart,
                                                                           reset_apart, in_three)),
                         form_name);

// ---- HTTP/1.1

constexpr std::string_view kOk = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
constexpr std::string_view kNoContent = "HTTP/1.1 204 No Content\r\n\r\n";
constexpr std::string_view kTimeout =
    "HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

// Reads a whole request whose body is "body".
bool read_request(int connection) {
  std::string bytes;
  char byte = 0;
  while (!bytes.ends_with("\r\n\r\nbody") && recv(connection, &byte, 1, 0) == 1) bytes += byte;
  return bytes.ends_with("body");
}

void wait_for_end(int connection) {
  char byte = 0;
  while (recv(connection, &byte, 1, 0) > 0) {
  }
  close(connection);
}

// libcurl 7.88 took it for the answer to what it sent next.
TEST(AnswerBeforeTheQuestion, is_none) {
  for (const std::string_view unasked : {kOk, kTimeout}) {
    ListeningPeer peer;
    TransportClient client({.endpoint = peer.url(), .timeout = 10s});
    std::promise<void> idle;
    std::promise<void> wrote;
    std::thread serving([&] {
      const int first = peer.accept_one();
      read_request(first);
      ListeningPeer::send_all(first, kOk);
      idle.get_future().wait();
      ListeningPeer::send_all(first, unasked);
      wrote.set_value();
      const int second = peer.accept_one();
      read_request(second);
      ListeningPeer::send_all(second, kNoContent);
      close(first);
      wait_for_end(second);
    });
    EXPECT_EQ(client.send("body").status, 200);
    idle.set_value();
    wrote.get_future().wait();
    const test::SeenCompletion seen = client.send("body");
    EXPECT_EQ(seen.status, 204) << seen.error << ": nobody had read it";
    EXPECT_EQ(seen.repeats, 0u);
    peer.end();
    client.end();
    serving.join();
  }
}

// On a connection that was there before it may be about its silence [RFC 9110 15.5.9].
TEST(RequestTimeoutAnswer, is_asked_again_once_on_a_new_connection) {
  for (const std::string_view second_answer : {kNoContent, kTimeout}) {
    ListeningPeer peer;
    TransportClient client({.endpoint = peer.url(), .timeout = 10s});
    std::thread serving([&] {
      const int first = peer.accept_one();
      read_request(first);
      ListeningPeer::send_all(first, kOk);
      read_request(first);
      ListeningPeer::send_all(first, kTimeout);
      wait_for_end(first);
      const int second = peer.accept_one();
      read_request(second);
      ListeningPeer::send_all(second, second_answer);
      wait_for_end(second);
    });
    EXPECT_EQ(client.send("body").status, 200);
    const test::SeenCompletion seen = client.send("body");
    EXPECT_EQ(seen.status, second_answer == kTimeout ? 408 : 204) << seen.error;
    EXPECT_EQ(seen.repeats, 1u);
    EXPECT_EQ(client.transport().connection_count(), 2u);
    peer.end();
    client.end();
    serving.join();
  }
}

TEST(RequestTimeoutAnswer, is_final_on_a_new_connection) {
  ListeningPeer peer;
  TransportClient client({.endpoint = peer.url(), .timeout = 10s});
  std::thread serving([&] {
    const int first = peer.accept_one();
    read_request(first);
    ListeningPeer::send_all(first, kTimeout);
    wait_for_end(first);
  });
  EXPECT_EQ(client.send("body").status, 408);
  EXPECT_EQ(client.seen.at(0).repeats, 0u);
  client.end();
  serving.join();
}

}  // namespace
}  // namespace cero::core
