// Goal: the receiver takes traces over HTTP/1.1 and h2c, keeps and counts what a client sent, and
// answers bad requests as the specification has it. Method: libcurl against a receiver in this
// process.
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "otlp/trace.pb.h"
#include "receiver/http_client.h"
#include "receiver/inflate.h"
#include "receiver/receiver.h"
#include "receiver/request_bodies.h"

namespace cero::receiver {
namespace {

using test::export_request;
using test::HttpClient;
using test::HttpResponse;

std::string error_text(const HttpResponse& response) {
  otlp::ErrorStatus status;
  EXPECT_TRUE(status.ParseFromString(response.body));
  return status.message();
}

// Each test runs for HTTP/1.1 and for HTTP/2 with prior knowledge.
class Http : public testing::TestWithParam<long> {
 protected:
  void start(ReceiverOptions options = {}) {
    options.keep_requests = true;
    auto started = Receiver::start(std::move(options));
    ASSERT_TRUE(started) << started.error().message();
    receiver_ = std::move(*started);
    url_ = receiver_->urls().front();
  }

  // libcurl 7.88 cannot use an h2c connection twice, so each call has its own client.
  HttpClient client() const { return HttpClient({.http_version = GetParam()}); }
  HttpResponse post(const std::string& body, const std::vector<std::string>& headers = {}) const {
    return client().post(url_, body, headers);
  }
  static std::string version() { return GetParam() == CURL_HTTP_VERSION_1_1 ? "1.1" : "2"; }

  std::unique_ptr<Receiver> receiver_;
  std::string url_;
};

INSTANTIATE_TEST_SUITE_P(
    Version, Http, testing::Values(CURL_HTTP_VERSION_1_1, CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE),
    [](const auto& version) { return version.param == CURL_HTTP_VERSION_1_1 ? "http1" : "h2c"; });

TEST_P(Http, takes_requests_over_a_unix_socket) {
  const std::string path =
      testing::TempDir() + "cero_receiver_" + std::to_string(getpid()) + ".sock";
  start({.listeners = {{.socket_path = path}}});
  EXPECT_EQ(url_, "unix:" + path);
  HttpClient over_socket({.http_version = GetParam(), .socket_path = path});
  EXPECT_EQ(over_socket.post("http://localhost/v1/traces", export_request(5)).status, 200);
  EXPECT_EQ(receiver_->counts().http_versions, (std::map<std::string, uint64_t>{{version(), 1}}));
  const auto second = Receiver::start({.listeners = {{.socket_path = path}}});
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().message().find("unix:" + path), std::string::npos);
  receiver_->stop();
  EXPECT_NE(access(path.c_str(), F_OK), 0) << "it is removed";
}

TEST(UnixSocket, replaces_one_that_nobody_listens_on_and_nothing_else) {
  const std::string path =
      testing::TempDir() + "cero_abandoned_" + std::to_string(getpid()) + ".sock";
  const auto start = [&] { return Receiver::start({.listeners = {{.socket_path = path}}}); };
  {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, path.size());
    const int abandoned = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ASSERT_EQ(bind(abandoned, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    close(abandoned);
    EXPECT_TRUE(start());
  }
  std::ofstream(path) << "a file of somebody's";
  EXPECT_FALSE(start());
  EXPECT_EQ(access(path.c_str(), F_OK), 0);
  unlink(path.c_str());
}

TEST_P(Http, accepts_counts_and_keeps_a_request) {
  start();
  const std::string body = export_request(25);
  const HttpResponse response = post(body, {"x-api-key: secret"});
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.headers.at("content-type"), "application/x-protobuf");
  EXPECT_EQ(response.body, "");

  const Counts counts = receiver_->counts();
  EXPECT_EQ(counts.spans, 25u);
  EXPECT_EQ(counts.unique_spans, 25u);
  EXPECT_EQ(counts.requests, 1u);
  EXPECT_EQ(counts.bytes, body.size());
  EXPECT_EQ(counts.connections, 1u);
  EXPECT_EQ(counts.http_versions, (std::map<std::string, uint64_t>{{version(), 1}}));

  const std::vector<ReceivedRequest> requests = receiver_->take_requests();
  ASSERT_EQ(requests.size(), 1u);
  const Request& request = requests[0].request;
  EXPECT_EQ(request.body, body);
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.path, "/v1/traces");
  EXPECT_EQ(request.http_version, version());
  EXPECT_EQ(header_value(request.headers, "x-api-key"), "secret");
  EXPECT_EQ(header_value(request.headers, "absent"), "");
  EXPECT_TRUE(receiver_->take_requests().empty());
}

TEST_P(Http, inflates_gzip) {
  start();
  const std::string body = export_request(1000);
  const std::string compressed = test::gzip(body);
  EXPECT_EQ(post(compressed, {"content-encoding: gzip"}).status, 200);
  EXPECT_EQ(receiver_->counts().spans, 1000u);
  EXPECT_EQ(receiver_->counts().bytes, compressed.size());
  const auto requests = receiver_->take_requests();
  EXPECT_EQ(requests.at(0).request.body, body);
  EXPECT_EQ(requests.at(0).bytes_sent, compressed.size());
}

TEST_P(Http, inflates_zstd) {
  if (!Inflater::knows_zstd()) GTEST_SKIP() << "built without libzstd";
  start({.body_bytes_max = 100'000});
  const std::string body = export_request(1000);
  const std::string compressed = test::zstd(body);
  EXPECT_EQ(post(compressed, {"content-encoding: ZSTD"}).status, 200);
  EXPECT_EQ(receiver_->counts().spans, 1000u);
  EXPECT_EQ(receiver_->counts().bytes, compressed.size());
  EXPECT_EQ(receiver_->take_requests().at(0).request.body, body);

  const HttpResponse response = post(body, {"content-encoding: zstd"});
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(error_text(response), "the body is not valid zstd");
  EXPECT_EQ(post(test::zstd(std::string(100'001, 'x')), {"content-encoding: zstd"}).status, 413);
}

TEST_P(Http, counts_a_span_sent_twice_as_one_unique) {
  start();
  post(export_request(10));
  post(export_request(10));
  EXPECT_EQ(receiver_->counts().spans, 20u);
  EXPECT_EQ(receiver_->counts().unique_spans, 10u);
}

TEST_P(Http, takes_bodies_of_many_reads) {
  start();
  const std::string body = export_request(60'000);
  EXPECT_EQ(post(body).status, 200);
  EXPECT_EQ(receiver_->counts().unique_spans, 60'000u);
  EXPECT_EQ(receiver_->take_requests().at(0).request.body, body);
}

TEST_P(Http, takes_an_empty_request) {
  start();
  EXPECT_EQ(post("").status, 200);
  EXPECT_EQ(receiver_->counts().spans, 0u);
}

TEST_P(Http, refuses_bad_bodies_with_a_status_message) {
  start();
  HttpResponse response = post("not protobuf");
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(response.headers.at("content-type"), "application/x-protobuf");
  EXPECT_NE(error_text(response).find("malformed"), std::string::npos);

  response = post(export_request(1), {"content-encoding: gzip"});
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(error_text(response), "the body is not valid gzip");
  EXPECT_EQ(receiver_->counts().spans, 0u);
  EXPECT_EQ(receiver_->counts().requests, 2u);
}

TEST_P(Http, refuses_other_types_and_encodings) {
  start();
  EXPECT_EQ(post("{}", {"content-type: application/json"}).status, 415);
  EXPECT_EQ(post("", {"content-type: application/x-protobufx"}).status, 415);
  const HttpResponse response = post("", {"content-encoding: br"});
  EXPECT_EQ(response.status, 415);
  EXPECT_EQ(response.headers.at("accept-encoding"), Inflater::knows_zstd() ? "gzip, zstd" : "gzip");
  EXPECT_EQ(post("", {"content-type: Application/X-Protobuf ; v=1"}).status, 200);
}

TEST_P(Http, refuses_other_paths_and_methods) {
  start();
  EXPECT_EQ(client().post(url_ + "/x", "").status, 404);
  EXPECT_EQ(client().post(url_ + "?key=value", "").status, 200);
  const HttpResponse response = client().request("GET", url_);
  EXPECT_EQ(response.status, 405);
  EXPECT_EQ(response.headers.at("allow"), "POST");
  const HttpResponse head = client().request("HEAD", url_);
  EXPECT_EQ(head.status, 405);
  EXPECT_EQ(head.outcome, CURLE_OK);
}

TEST_P(Http, refuses_bodies_over_the_limit) {
  start({.body_bytes_max = 2000});
  // Announced by content-length, found out while it comes, found out while it is inflated.
  const std::string large(5'000'000, '\n');
  EXPECT_EQ(post(large).status, 413);
  EXPECT_EQ(post(test::gzip(std::string(2001, 'x')), {"content-encoding: gzip"}).status, 413);
  if (version() == "1.1") {
    EXPECT_EQ(post(large, {"transfer-encoding: chunked"}).status, 413);
  }
  EXPECT_EQ(post(export_request(10)).status, 200) << "the receiver goes on";
}

TEST_P(Http, gives_connections_their_own_ids) {
  start();
  post("");
  post("");
  const auto requests = receiver_->take_requests();
  EXPECT_NE(requests.at(0).request.connection_id, requests.at(1).request.connection_id);
  EXPECT_EQ(receiver_->counts().connections, 2u);
}

TEST_P(Http, serves_many_clients_at_once) {
  start();
  constexpr uint64_t kClients = 8;
  constexpr uint64_t kRequests = 20;
  constexpr uint64_t kSpans = 100;
  std::vector<std::thread> clients;
  for (uint64_t c = 0; c < kClients; ++c) {
    clients.emplace_back([&, c] {
      for (uint64_t r = 0; r < kRequests; ++r) {
        const uint64_t first_id = (c * kRequests + r) * kSpans + 1;
        EXPECT_EQ(post(export_request(kSpans, first_id)).status, 200);
      }
    });
  }
  EXPECT_TRUE(receiver_->wait_for_spans(kClients * kRequests * kSpans, std::chrono::seconds(60)));
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(receiver_->counts().unique_spans, kClients * kRequests * kSpans);
  EXPECT_EQ(receiver_->counts().requests, kClients * kRequests);
}

TEST(Receiver, keeps_an_http1_connection_for_the_next_request) {
  auto receiver = Receiver::start({.keep_requests = true});
  ASSERT_TRUE(receiver);
  HttpClient client;
  for (int i = 0; i < 3; ++i) client.post((*receiver)->urls()[0], export_request(1));
  EXPECT_EQ((*receiver)->counts().connections, 1u);
  EXPECT_EQ((*receiver)->counts().requests, 3u);
}

TEST(Receiver, declines_an_upgrade_to_h2c) {
  auto receiver = Receiver::start({});
  ASSERT_TRUE(receiver);
  HttpClient client({.http_version = CURL_HTTP_VERSION_2_0});
  const HttpResponse response = client.post((*receiver)->urls()[0], export_request(3));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.http_version, CURL_HTTP_VERSION_1_1);
  EXPECT_EQ((*receiver)->counts().spans, 3u);
}

TEST(Receiver, listens_on_several_addresses) {
  auto receiver = Receiver::start({.listeners = {{}, {}, {.host = "127.0.0.2"}}});
  ASSERT_TRUE(receiver);
  ASSERT_EQ((*receiver)->urls().size(), 3u);
  for (const std::string& url : (*receiver)->urls()) {
    EXPECT_EQ(HttpClient().post(url, export_request(1)).status, 200) << url;
  }
}

TEST(Receiver, names_a_port_in_use) {
  auto first = Receiver::start({});
  ASSERT_TRUE(first);
  const std::string& url = (*first)->urls()[0];
  const std::string port = url.substr(17, url.find('/', 17) - 17);
  const auto second =
      Receiver::start({.listeners = {{.port = static_cast<uint16_t>(std::stoi(port))}}});
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().message().find("127.0.0.1:" + port), std::string::npos);
  EXPECT_NE(second.error().message().find("in use"), std::string::npos);
}

TEST(Receiver, keeps_counts_and_requests_when_stopped) {
  auto receiver = Receiver::start({.keep_requests = true});
  ASSERT_TRUE(receiver);
  const std::string url = (*receiver)->urls()[0];
  HttpClient().post(url, export_request(2));
  (*receiver)->stop();
  (*receiver)->stop();
  EXPECT_EQ(HttpClient().post(url, "").outcome, CURLE_COULDNT_CONNECT);
  EXPECT_EQ((*receiver)->counts().spans, 2u);
  EXPECT_EQ((*receiver)->take_requests().size(), 1u);
}

TEST(Receiver, gives_up_waiting_for_spans_that_do_not_come) {
  auto receiver = Receiver::start({});
  ASSERT_TRUE(receiver);
  EXPECT_FALSE((*receiver)->wait_for_spans(1, std::chrono::milliseconds(1)));
  EXPECT_TRUE((*receiver)->wait_for_requests(0, std::chrono::milliseconds(0)));
}

}  // namespace
}  // namespace cero::receiver
