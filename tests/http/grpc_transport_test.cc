// Goal: libcurl hands over what a gRPC server says, wherever in the answer it stands.
// Method: the transport against the in-process receiver over TLS.
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "http/curl_transport.h"
#include "http/grpc_framing.h"
#include "receiver/grpc.h"
#include "receiver/receiver.h"
#include "support/temporary_file.h"
#include "support/trace_bodies.h"

namespace cero::core {
namespace {

using namespace std::literals;

struct Seen {
  int status = -1;
  int http_major = 0;
  std::string body, grpc_status, grpc_message, grpc_details, error;
};

// A receiver that answers everything alike, and one request to it.
class Call final : private CompletionHandler {
 public:
  explicit Call(receiver::Reply reply) {
    auto started = receiver::Receiver::start(
        {.listeners = {{.tls = true}},
         .on_request = [reply = std::move(reply)](const auto&) { return reply; },
         .keep_requests = true});
    if (!started) throw std::runtime_error(started.error().message());
    receiver_ = std::move(started).value();
  }

  Seen send(ContentEncoding encoding = ContentEncoding::identity) {
    const test::TemporaryFile ca(receiver_->ca_certificate_pem());
    const std::string& url = receiver_->urls()[0];
    auto transport = make_transport(
        {.endpoint =
             url.substr(0, url.rfind(receiver::kTracesPath)).append(receiver::kGrpcTracesPath),
         .protocol = Protocol::grpc,
         .headers = {{"api-key", "secret"}},
         .http_version = HttpVersion::http2,
         .timeout = 20s,
         .ca_certificate_file = ca.path()});
    if (!transport) throw std::runtime_error(transport.error().message());
    std::string body = std::string(kGrpcPrefixBytes, '\0') + test::TraceBodies(1).next(3);
    set_grpc_prefix(ContentEncoding::identity, &body);
    EXPECT_TRUE((*transport)->start({.token = 1, .body = body, .encoding = encoding}));
    const TimePoint limit = std::chrono::steady_clock::now() + 1min;
    while (seen_.status < 0 && std::chrono::steady_clock::now() < limit)
      (*transport)->poll(limit, *this);
    return seen_;
  }

  receiver::Request request() { return receiver_->take_requests().at(0).request; }

 private:
  void on_completion(const Completion& c) override {
    seen_ = {.status = c.status,
             .http_major = c.http_major,
             .body = std::string(c.body),
             .grpc_status = std::string(c.grpc.status),
             .grpc_message = std::string(c.grpc.message),
             .grpc_details = std::string(c.grpc.details),
             .error = std::string(c.error)};
  }

  std::unique_ptr<receiver::Receiver> receiver_;
  Seen seen_;
};

TEST(GrpcTransport, sends_the_headers_of_the_protocol) {
  Call call({});
  EXPECT_EQ(call.send().grpc_status, "0");
  const receiver::Request request = call.request();
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.path, receiver::kGrpcTracesPath);
  const auto header = [&](std::string_view name) {
    return receiver::header_value(request.headers, name);
  };
  EXPECT_EQ(header("content-type"), "application/grpc+proto");
  EXPECT_EQ(header("te"), "trailers");
  EXPECT_EQ(header("grpc-timeout"), "20000m");
  EXPECT_EQ(header("grpc-encoding"), "");
  EXPECT_EQ(header("content-encoding"), "");
  EXPECT_EQ(header("api-key"), "secret");
}

TEST(GrpcTransport, names_the_encoding_of_the_message) {
  Call call({});
  EXPECT_EQ(call.send(ContentEncoding::gzip).grpc_status, "0");
  const receiver::Request request = call.request();
  EXPECT_EQ(receiver::header_value(request.headers, "grpc-encoding"), "gzip");
  EXPECT_EQ(receiver::header_value(request.headers, "grpc-accept-encoding"), "gzip");
  EXPECT_EQ(receiver::header_value(request.headers, "content-encoding"), "");
}

TEST(GrpcTransport, reads_message_and_trailers) {
  const Seen seen = Call({.partial_success = receiver::PartialSuccess{.rejected_spans = 1}}).send();
  EXPECT_EQ(seen.status, 200);
  EXPECT_EQ(seen.http_major, 2);
  EXPECT_EQ(seen.grpc_status, "0");
  EXPECT_EQ(read_grpc_message(seen.body)->bytes, "\x0a\x02\x08\x01"sv);
}

TEST(GrpcTransport, reads_an_error_in_trailers_and_one_without) {
  for (const bool behind_headers : {false, true}) {
    const Seen seen = Call({.grpc = receiver::GrpcStatus{.code = 14,
                                                         .message = "a%b",
                                                         .details = "xyz",
                                                         .behind_headers = behind_headers}})
                          .send();
    EXPECT_EQ(seen.status, 200) << seen.error;
    EXPECT_EQ(seen.grpc_status, "14");
    EXPECT_EQ(seen.grpc_message, "a%25b");
    EXPECT_EQ(seen.grpc_details, "eHl6");
    EXPECT_EQ(seen.body, "");
  }
}

TEST(GrpcTransport, reads_an_answer_of_plain_http) {
  const Seen seen = Call({.status = 503, .body = "busy", .plain_http = true}).send();
  EXPECT_EQ(seen.status, 503);
  EXPECT_EQ(seen.grpc_status, "");
  EXPECT_EQ(seen.body, "busy");
}

TEST(GrpcTransport, has_no_answer_from_a_stream_that_was_reset) {
  const Seen seen = Call({.fault = receiver::Fault::reset}).send();
  EXPECT_EQ(seen.status, 0);
  EXPECT_NE(seen.error, "");
}

}  // namespace
}  // namespace cero::core
