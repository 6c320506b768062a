// Goal: a gRPC client's unary Export is counted like a request over HTTP, and answered in trailers.
// Method: libcurl as the client, the frames around messages written by hand.
#include "receiver/grpc.h"

#include <gtest/gtest.h>

#include "receiver/http_client.h"
#include "receiver/receiver.h"
#include "receiver/request_bodies.h"

namespace cero::receiver {
namespace {

using namespace std::literals;
using test::export_request;
using test::HttpClient;
using test::HttpResponse;

std::string framed(char flag, const std::string& message) {
  std::string body = flag + "\0\0\0\0"s + message;
  for (size_t i = 0; i < 4; ++i) body[4 - i] = static_cast<char>(message.size() >> (8 * i));
  return body;
}

class Grpc : public testing::Test {
 protected:
  void start(ReceiverOptions options = {}) {
    options.keep_requests = true;
    receiver_ = std::move(*Receiver::start(std::move(options)));
  }
  void reply(const Reply& reply) {
    start({.on_request = [reply](const RequestInfo&) { return reply; }});
  }
  Receiver& receiver() { return *receiver_; }

  HttpResponse post(const std::string& body, std::vector<std::string> headers = {"te: trailers"},
                    std::string_view path = kGrpcTracesPath) {
    headers.emplace_back("content-type: application/grpc+proto");
    const std::string& url = receiver_->urls()[0];
    HttpClient client({.http_version = CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE});
    return client.post(url.substr(0, url.rfind(kTracesPath)).append(path), body, headers);
  }

 private:
  std::unique_ptr<Receiver> receiver_;
};

TEST_F(Grpc, counts_spans_and_answers_with_an_empty_message_and_status_0) {
  start();
  const HttpResponse response = post(framed(0, export_request(7)));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.headers.at("content-type"), "application/grpc");
  EXPECT_EQ(response.headers.at("grpc-status"), "0");
  EXPECT_EQ(response.body, "\0\0\0\0\0"sv);
  EXPECT_EQ(receiver().counts().unique_spans, 7u);
  EXPECT_EQ(receiver().take_requests().at(0).request.body, export_request(7));
}

TEST_F(Grpc, inflates_a_message_whose_flag_says_so) {
  start();
  const std::string compressed = framed(1, test::gzip(export_request(5)));
  EXPECT_EQ(post(compressed, {"te: trailers", "grpc-encoding: gzip"}).headers.at("grpc-status"),
            "0");
  const std::string plain = framed(0, export_request(5, 100));
  EXPECT_EQ(post(plain, {"te: trailers", "grpc-encoding: gzip"}).headers.at("grpc-status"), "0");
  EXPECT_EQ(receiver().counts().unique_spans, 10u);
}

TEST_F(Grpc, refuses_what_is_no_call_of_the_service) {
  start({.body_bytes_max = 100'000});
  const std::string one = framed(0, export_request(1));
  const auto status = [](const HttpResponse& response) {
    return response.headers.at("grpc-status");
  };
  EXPECT_EQ(status(post(one, {"te: trailers"}, "/some.Other/Method")), "12");
  EXPECT_EQ(status(post(one, {})), "3") << "no te: trailers";
  EXPECT_EQ(status(post("")), "3");
  EXPECT_EQ(status(post(one + one)), "3");
  EXPECT_EQ(status(post(framed(0, "\xff"))), "3");
  EXPECT_EQ(status(post(framed(1, "x"), {"te: trailers", "grpc-encoding: gzip"})), "3");
  EXPECT_EQ(status(post(framed(1, "x"), {"te: trailers", "grpc-encoding: br"})), "12");
  EXPECT_EQ(status(post(framed(0, std::string(100'001, 'x')))), "8");
  EXPECT_EQ(receiver().counts().spans, 0u);
  EXPECT_EQ(receiver().counts().requests, 8u);
}

TEST_F(Grpc, answers_an_error_in_one_header_or_behind_it) {
  for (const bool behind : {false, true}) {
    reply({.grpc = GrpcStatus{.code = 8,
                              .message = "50 % \n\xc3\xb6",
                              .details = "\xff\x01",
                              .behind_headers = behind}});
    const HttpResponse response = post(framed(0, export_request(2)));
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.headers.at("grpc-status"), "8");
    EXPECT_EQ(response.headers.at("grpc-message"), "50 %25 %0A%C3%B6");
    EXPECT_EQ(response.headers.at("grpc-status-details-bin"), "/wE=");
    EXPECT_EQ(response.body, "");
    EXPECT_EQ(receiver().counts().spans, 0u);
  }
}

TEST_F(Grpc, answers_the_code_that_fits_an_http_status) {
  reply({.status = 503, .error = "later"});
  const HttpResponse response = post(framed(0, export_request(2)));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.headers.at("grpc-status"), "14");
  EXPECT_EQ(response.headers.at("grpc-message"), "later");
  EXPECT_EQ(receiver().counts().spans, 0u);
}

TEST_F(Grpc, answers_in_plain_http_when_told_to) {
  reply({.status = 503, .body = "busy", .plain_http = true});
  const HttpResponse response = post(framed(0, export_request(2)));
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.headers.count("grpc-status"), 0u);
  EXPECT_EQ(response.body, "busy");
}

TEST_F(Grpc, rejects_part_of_the_spans) {
  reply({.partial_success = PartialSuccess{.rejected_spans = 1, .message = "old"}});
  const HttpResponse response = post(framed(0, export_request(3)));
  EXPECT_EQ(response.headers.at("grpc-status"), "0");
  EXPECT_EQ(response.body, "\0\0\0\0\x09\x0a\x07\x08\x01\x12\x03old"sv);
  EXPECT_EQ(receiver().counts().spans, 2u);
}

TEST_F(Grpc, is_no_service_over_http1) {
  start();
  const std::string& url = receiver().urls()[0];
  HttpClient client;
  EXPECT_EQ(client
                .post(url.substr(0, url.rfind(kTracesPath)).append(kGrpcTracesPath),
                      framed(0, export_request(1)), {"content-type: application/grpc"})
                .status,
            404);
}

}  // namespace
}  // namespace cero::receiver
