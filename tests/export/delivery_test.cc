// Goal: through real sockets, every batch ends as its answers say, and the ledger agrees with what
// the receiver counted. Method: ExportThread on libcurl against the in-process receiver, which
// misbehaves by script. Waits are for conditions; the short time-outs and backoffs in the options
// only make the faults happen soon.
#include <gtest/gtest.h>

#include <atomic>
#include <map>

#include "cero/version.h"
#include "compress/compression_buffer.h"
#include "compress/gzip_compressor.h"
#include "export/delivery_harness.h"
#include "http/transport_check.h"

namespace cero::core {
namespace {

using receiver::Reply;
using test::Delivery;
using test::options_for;
using test::script;
using test::start_receiver;
using test::TlsBackend;

// ---- Success

TEST(Delivery, exports_over_http1_on_one_connection) {
  const auto backend = start_receiver({});
  Exporter options = options_for(backend->urls()[0]);
  options.requests_in_flight_max = 1;
  Delivery delivery(options);
  for (int i = 0; i < 20; ++i) delivery.submit(100);
  EXPECT_EQ(delivery.flush(), FlushOutcome::delivered);
  const Stats totals = delivery.totals();
  EXPECT_EQ(totals.exported, 2'000u);
  EXPECT_EQ(totals.requests, 20u);
  EXPECT_EQ(totals.http1_responses, 20u);
  EXPECT_EQ(totals.connections, 1u);
  EXPECT_EQ(totals.bytes_wire, totals.bytes_encoded);
  EXPECT_EQ(backend->counts().unique_spans, 2'000u);
  EXPECT_EQ(backend->counts().bytes, totals.bytes_wire);
  EXPECT_EQ(backend->counts().connections, 1u);
  EXPECT_TRUE(delivery.stop());
  EXPECT_EQ(delivery.log_text(), "");
}

TEST(Delivery, sends_the_headers_of_the_protocol_and_of_the_user) {
  const auto backend = start_receiver({});
  Exporter options = options_for(backend->urls()[0]);
  options.compression = Compression::gzip;
  options.headers = {{"Api-Key", "k1"}, {"X-Empty", ""}, {"Accept", "*/*"}};
  Delivery delivery(options);
  delivery.submit(3);
  EXPECT_EQ(delivery.flush(), FlushOutcome::delivered);
  const auto requests = backend->take_requests();
  ASSERT_EQ(requests.size(), 1u);
  std::multimap<std::string, std::string> headers(requests[0].request.headers.begin(),
                                                  requests[0].request.headers.end());
  EXPECT_EQ(requests[0].request.method, "POST");
  EXPECT_EQ(requests[0].request.path, "/v1/traces");
  EXPECT_EQ(headers.find("content-type")->second, "application/x-protobuf");
  EXPECT_EQ(headers.find("content-encoding")->second, "gzip");
  EXPECT_EQ(headers.find("user-agent")->second,
            "cero/" CERO_VERSION " OTel-OTLP-Exporter-Cpp/" CERO_VERSION);
  EXPECT_EQ(headers.find("api-key")->second, "k1");
  ASSERT_NE(headers.find("x-empty"), headers.end());
  EXPECT_EQ(headers.find("x-empty")->second, "");
  EXPECT_EQ(headers.count("accept"), 1u);
  EXPECT_EQ(headers.count("expect"), 0u);
  EXPECT_EQ(headers.count("transfer-encoding"), 0u);
  EXPECT_EQ(headers.count("accept-encoding"), 0u);
}

TEST(Delivery, exports_gzip) {
  const auto backend = start_receiver({});
  Exporter options = options_for(backend->urls()[0]);
  options.compression = Compression::gzip;
  options.compression_level = 1;  // at any load
  Delivery delivery(options);
  for (int i = 0; i < 5; ++i) delivery.submit(500);
  EXPECT_EQ(delivery.flush(), FlushOutcome::delivered);
  const Stats totals = delivery.totals();
  EXPECT_EQ(backend->counts().unique_spans, 2'500u);
  EXPECT_EQ(backend->counts().bytes, totals.bytes_wire);
  EXPECT_LT(totals.bytes_wire * 3, totals.bytes_encoded);
}

TEST(Delivery, exports_over_tls_with_http2) {
  const TlsBackend backend;
  Exporter options = backend.exporter();
  options.compression = Compression::gzip;
  options.http_version = HttpVersion::http2;
  Delivery delivery(options);
  for (int i = 0; i < 30; ++i) delivery.submit(50);
  EXPECT_EQ(delivery.flush(), FlushOutcome::delivered);
  // None is closed before twice sixteen requests: from then on those that sixteen in a row did not
  // need are, and may be opened again.
  EXPECT_LE(delivery.totals().connections, options.requests_in_flight_max);
  for (int i = 0; i < 10; ++i) delivery.submit(50);
  EXPECT_EQ(delivery.flush(), FlushOutcome::delivered);
  const Stats totals = delivery.totals();
  EXPECT_EQ(totals.exported, 2'000u);
  EXPECT_EQ(totals.http2_responses, 40u);
  EXPECT_EQ(backend.receiver->counts().unique_spans, 2'000u);
  EXPECT_EQ(backend.receiver->counts().http_versions, (std::map<std::string, uint64_t>{{"2", 40}}));
  EXPECT_TRUE(delivery.stop());
  EXPECT_EQ(delivery.log_text(), "");
}

TEST(Delivery, exports_bodies_beyond_the_first_window_of_http2) {
  const TlsBackend backend;
  Delivery delivery(backend.exporter());
  for (int i = 0; i < 12; ++i) delivery.submit(3'000);  // over a megabyte each
  EXPECT_EQ(delivery.flush(), FlushOutcome::delivered);
  EXPECT_GT(delivery.totals().bytes_wire, uint64_t{12} << 20);
  EXPECT_EQ(delivery.totals().retries, 0u);
  EXPECT_EQ(backend.receiver->counts().unique_spans, 36'000u);
}

TEST(Delivery, says_once_that_an_old_libcurl_bounds_requests) {
  const TlsBackend backend;
  Delivery delivery(backend.exporter());
  for (int i = 0; i < 3; ++i) delivery.submit(200);
  EXPECT_EQ(delivery.flush(), FlushOutcome::delivered);
  const std::string text = delivery.log_text();
  const std::string_view said = "exporter.http2_window_bytes";
  EXPECT_EQ(text.find(said) != std::string::npos, is_old_libcurl()) << text;
  EXPECT_EQ(text.find(said), text.rfind(said)) << text;
}

TEST(Delivery, falls_back_to_http1_where_the_server_has_no_http2) {
  const TlsBackend backend({}, /*http2=*/false);
  Exporter options = backend.exporter();
  options.http_version = HttpVersion::http2;
  Delivery delivery(options);
  delivery.submit(10);
  EXPECT_EQ(delivery.flush(), FlushOutcome::delivered);
  EXPECT_EQ(delivery.totals().http1_responses, 1u);
  delivery.wait_for_line("speaks HTTP/1.1 only");
}

TEST(Delivery, speaks_http1_over_tls_when_told_to) {
  const TlsBackend backend;
  Exporter options = backend.exporter();
  options.http_version = HttpVersion::http1;
  Delivery delivery(options);
  delivery.submit(10);
  EXPECT_EQ(delivery.flush(), FlushOutcome::delivered);
  EXPECT_EQ(delivery.totals().http1_responses, 1u);
}

// ---- Answers

TEST(Delivery, retries_a_503_until_it_succeeds) {
  const auto backend = start_receiver(
      {.on_request = script({{.status = 503}, {.status = 429}, {.status = 502}, {.status = 504}})});
  Delivery delivery(options_for(backend->urls()[0]));
  delivery.submit(10);
  EXPECT_EQ(delivery.flush(), FlushOutcome::delivered);
  EXPECT_EQ(delivery.totals().exported, 10u);
  EXPECT_EQ(delivery.totals().requests, 5u);
  EXPECT_EQ(delivery.totals().retries, 4u);
  EXPECT_EQ(backend->counts().unique_spans, 10u);
}

TEST(Delivery, honours_retry_after_even_when_flushed) {
  std::atomic<int64_t> first_ns{0};
  std::atomic<int64_t> second_ns{0};
  const auto backend = start_receiver({.on_request = [&](const receiver::RequestInfo& request) {
    (request.index == 1 ? first_ns : second_ns) =
        std::chrono::steady_clock::now().time_since_epoch().count();
    return request.index == 1 ? Reply{.status = 503, .headers = {{"retry-after", "1"}}} : Reply{};
  }});
  Delivery delivery(options_for(backend->urls()[0]));
  delivery.submit(10);
  EXPECT_EQ(delivery.flush(), FlushOutcome::delivered);
  EXPECT_GE(second_ns - first_ns, 1'000'000'000) << "the server asked for a second";
  EXPECT_EQ(delivery.totals().exported, 10u);
}

TEST(Delivery, counts_a_partial_success) {
  const auto backend =
      start_receiver({.on_request = script({{.partial_success = receiver::PartialSuccess{
                                                 .rejected_spans = 3, .message = "old"}}})});
  Delivery delivery(options_for(backend->urls()[0]));
  delivery.submit(10);
  EXPECT_EQ(delivery.flush(), FlushOutcome::lost);
  EXPECT_EQ(delivery.totals().exported, 7u);
  EXPECT_EQ(delivery.totals().rejected, 3u);
  EXPECT_EQ(delivery.totals().requests, 1u);
  EXPECT_EQ(backend->counts().spans, 7u);
  delivery.wait_for_line("rejected 3 of 10 spans: old");
}

// A partial success was counted as exported.
TEST(Delivery, reads_an_answer_that_is_gzip_unasked) {
  GzipCompressor compressor(1);
  CompressionBuffer buffer;
  std::string gzipped;
  buffer.compress(
      compressor,
      receiver::reply_body({.partial_success = receiver::PartialSuccess{.rejected_spans = 3}}),
      &gzipped);
  const auto backend = start_receiver(
      {.on_request = script({{.body = gzipped, .accepted = true, .body_is_gzip = true}})});
  Delivery delivery(options_for(backend->urls()[0]));
  delivery.submit(10);
  EXPECT_EQ(delivery.flush(), FlushOutcome::lost);
  EXPECT_EQ(delivery.totals().exported, 7u);
  EXPECT_EQ(delivery.totals().rejected, 3u);
}

TEST(Delivery, drops_a_400_and_logs_its_message) {
  const auto backend =
      start_receiver({.on_request = script({receiver::error_reply(400, "no trace id")})});
  Exporter options = options_for(backend->urls()[0]);
  options.headers = {{"Api-Key", "hunter2"}};
  Delivery delivery(options);
  delivery.submit(10);
  EXPECT_EQ(delivery.flush(), FlushOutcome::lost);
  EXPECT_EQ(delivery.totals().dropped.permanent_error, 10u);
  delivery.wait_for_line("HTTP 400: no trace id");
  EXPECT_EQ(delivery.log_text().find("hunter2"), std::string::npos);
}

TEST(Delivery, follows_no_redirect) {
  const auto backend = start_receiver(
      {.on_request = script({{.status = 307, .headers = {{"location", "/v1/traces"}}}})});
  Delivery delivery(options_for(backend->urls()[0]));
  delivery.submit(10);
  EXPECT_EQ(delivery.flush(), FlushOutcome::lost);
  EXPECT_EQ(delivery.totals().dropped.permanent_error, 10u);
  EXPECT_EQ(backend->counts().requests, 1u);
  delivery.wait_for_line("HTTP 307, a redirect, which is not followed");
}

TEST(Delivery, drops_when_the_answer_is_too_large) {
  const auto backend = start_receiver({.on_request = script({{.body = std::string(1'025, 'x')}})});
  Exporter options = options_for(backend->urls()[0]);
  options.response_bytes_max = 1'024;
  Delivery delivery(options);
  delivery.submit(10);
  EXPECT_EQ(delivery.flush(), FlushOutcome::lost);
  EXPECT_EQ(delivery.totals().dropped.permanent_error, 10u);
  delivery.wait_for_line("exporter.response_bytes_max");
}

TEST(Delivery, takes_an_answer_of_exactly_the_limit) {
  const auto backend = start_receiver({.on_request = script({{.body = std::string(1'024, 'x')}})});
  Exporter options = options_for(backend->urls()[0]);
  options.response_bytes_max = 1'024;
  Delivery delivery(options);
  delivery.submit(10);
  EXPECT_EQ(delivery.flush(), FlushOutcome::delivered);
  EXPECT_EQ(delivery.totals().exported, 10u);
}

}  // namespace
}  // namespace cero::core
