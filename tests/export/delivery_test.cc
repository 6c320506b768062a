// Goal: through real sockets, every batch ends as its answers say, and the ledger agrees with what
// the receiver counted. Method: ExportThread on libcurl against the in-process receiver, which
// misbehaves by script. Waits are for conditions; the short time-outs and backoffs in the options
// only make the faults happen soon.
#include <gtest/gtest.h>
#include <signal.h>

#include <array>
#include <atomic>
#include <map>

#include "cero/version.h"
#include "export/delivery_harness.h"
#include "http/transport_check.h"

namespace cero::core {
namespace {

using namespace std::chrono_literals;
using receiver::Fault;
using receiver::Receiver;
using receiver::Reply;
using test::Delivery;
using test::script;
using test::start_receiver;
using test::TemporaryFile;

// Retries come soon, so that tests end soon.
Exporter options_for(const std::string& url) {
  return {.endpoint = url, .retry_delay_initial = 5ms, .retry_delay_max = 20ms};
}

struct TlsBackend {
  explicit TlsBackend(receiver::ReceiverOptions options = {}, bool http2 = true)
      : receiver(start_receiver(with_tls(std::move(options), http2))),
        ca(receiver->ca_certificate_pem()) {}

  static receiver::ReceiverOptions with_tls(receiver::ReceiverOptions options, bool http2) {
    options.listeners = {{.tls = true}};
    options.http2 = http2;
    return options;
  }
  Exporter exporter() const {
    Exporter options = options_for(receiver->urls()[0]);
    options.ca_certificate_file = ca.path();
    return options;
  }

  std::unique_ptr<Receiver> receiver;
  TemporaryFile ca;
};

// ---- Success

TEST(Delivery, exports_over_http1_on_one_connection) {
  const auto backend = start_receiver({});
  Exporter options = options_for(backend->urls()[0]);
  options.requests_in_flight_max = 1;
  Delivery delivery(options);
  for (int i = 0; i < 20; ++i) delivery.submit(100);
  EXPECT_EQ(delivery.flush(), FlushOutcome::delivered);
  const ExportTotals totals = delivery.totals();
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
  const ExportTotals totals = delivery.totals();
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
  for (int i = 0; i < 40; ++i) delivery.submit(50);
  EXPECT_EQ(delivery.flush(), FlushOutcome::delivered);
  const ExportTotals totals = delivery.totals();
  EXPECT_EQ(totals.exported, 2'000u);
  EXPECT_EQ(totals.http2_responses, 40u);
  EXPECT_LE(totals.connections, options.requests_in_flight_max);
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

TEST(Delivery, drops_a_400_and_logs_its_message) {
  const auto backend =
      start_receiver({.on_request = script({receiver::error_reply(400, "no trace id")})});
  Exporter options = options_for(backend->urls()[0]);
  options.headers = {{"Api-Key", "hunter2"}};
  Delivery delivery(options);
  delivery.submit(10);
  EXPECT_EQ(delivery.flush(), FlushOutcome::lost);
  EXPECT_EQ(delivery.totals().dropped_permanent_error, 10u);
  delivery.wait_for_line("HTTP 400: no trace id");
  EXPECT_EQ(delivery.log_text().find("hunter2"), std::string::npos);
}

TEST(Delivery, follows_no_redirect) {
  const auto backend = start_receiver(
      {.on_request = script({{.status = 307, .headers = {{"location", "/v1/traces"}}}})});
  Delivery delivery(options_for(backend->urls()[0]));
  delivery.submit(10);
  EXPECT_EQ(delivery.flush(), FlushOutcome::lost);
  EXPECT_EQ(delivery.totals().dropped_permanent_error, 10u);
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
  EXPECT_EQ(delivery.totals().dropped_permanent_error, 10u);
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

// ---- Connections

TEST(Delivery, delivers_once_the_server_is_up) {
  auto backend = start_receiver({});
  const std::string url = backend->urls()[0];
  backend.reset();
  Delivery delivery(options_for(url));
  delivery.submit(10);
  delivery.wait_for_line("failed, will be tried again");
  EXPECT_EQ(delivery.totals().exported, 0u);
  const auto port = static_cast<uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
  backend = start_receiver({.listeners = {{.port = port}}});
  EXPECT_EQ(delivery.flush(), FlushOutcome::delivered);
  EXPECT_EQ(delivery.totals().exported, 10u);
  EXPECT_EQ(delivery.totals().connections, 1u);
  EXPECT_EQ(backend->counts().unique_spans, 10u);
}

class DeliveryUnderConnectionFaults : public testing::TestWithParam<std::tuple<Fault, bool>> {};

TEST_P(DeliveryUnderConnectionFaults, delivers_every_batch) {
  const auto [fault, tls] = GetParam();
  receiver::ReceiverOptions faulty{
      .on_request = [fault = fault](const receiver::RequestInfo& request) {
        return Reply{.fault = request.index % 4 == 1 ? fault : Fault::none};
      }};
  std::unique_ptr<TlsBackend> tls_backend;
  std::unique_ptr<Receiver> plain_backend;
  if (tls) {
    tls_backend = std::make_unique<TlsBackend>(faulty);
  } else {
    plain_backend = start_receiver(faulty);
  }
  Delivery delivery(tls ? tls_backend->exporter() : options_for(plain_backend->urls()[0]));
  for (int i = 0; i < 20; ++i) delivery.submit(50);
  EXPECT_EQ(delivery.flush(), FlushOutcome::delivered);
  EXPECT_EQ(delivery.totals().exported, 1'000u);
  const Receiver& backend = tls ? *tls_backend->receiver : *plain_backend;
  EXPECT_EQ(backend.counts().unique_spans, 1'000u);
}

std::string fault_name(const testing::TestParamInfo<std::tuple<Fault, bool>>& test) {
  constexpr std::array kNames = {
      "none",  "close",  "close_after_reply", "reset",         "reset_connection",
      "stall", "goaway", "goaway_refused",    "refused_stream"};
  const auto [fault, tls] = test.param;
  return std::string(kNames[static_cast<size_t>(fault)]) + (tls ? "_http2" : "_http1");
}

INSTANTIATE_TEST_SUITE_P(Faults, DeliveryUnderConnectionFaults,
                         testing::Combine(testing::Values(Fault::close, Fault::close_after_reply,
                                                          Fault::reset, Fault::reset_connection,
                                                          Fault::goaway, Fault::goaway_refused,
                                                          Fault::refused_stream),
                                          testing::Bool()),
                         fault_name);

TEST(Delivery, delivers_through_a_storm_of_goaways) {
  const TlsBackend backend({.on_request = [](const receiver::RequestInfo& request) -> Reply {
    return {.fault = request.index % 2 == 0 ? Fault::goaway : Fault::goaway_refused};
  }});
  Delivery delivery(backend.exporter());
  for (int i = 0; i < 20; ++i) delivery.submit(50);
  EXPECT_EQ(delivery.flush(), FlushOutcome::delivered);
  EXPECT_EQ(delivery.totals().exported, 1'000u);
  EXPECT_EQ(backend.receiver->counts().unique_spans, 1'000u);
}

TEST(Delivery, goes_to_http1_when_the_server_asks_for_it) {
  const TlsBackend backend({.on_request = [](const receiver::RequestInfo& request) -> Reply {
    return {.fault = request.request.http_version == "2" ? Fault::http1_required : Fault::none};
  }});
  Delivery delivery(backend.exporter());
  for (int i = 0; i < 5; ++i) delivery.submit(10);
  EXPECT_EQ(delivery.flush(), FlushOutcome::delivered);
  EXPECT_EQ(delivery.totals().exported, 50u);
  EXPECT_EQ(delivery.totals().http1_responses, 5u);
}

TEST(Delivery, keeps_spans_while_certificate_files_are_unusable) {
  const TlsBackend backend;
  const TemporaryFile ca("half of a");
  Exporter options = backend.exporter();
  options.ca_certificate_file = ca.path();
  Delivery delivery(options);
  delivery.submit(10);
  delivery.wait_for_line("exporter.ca_certificate_file must be a PEM file");
  ca.rewrite(backend.receiver->ca_certificate_pem());
  EXPECT_EQ(delivery.flush(), FlushOutcome::delivered);
  EXPECT_EQ(delivery.totals().exported, 10u);
}

TEST(Delivery, retries_after_a_stalled_answer_timed_out) {
  const auto backend = start_receiver({.on_request = script({{.fault = Fault::stall}})});
  Exporter options = options_for(backend->urls()[0]);
  options.timeout = 100ms;
  Delivery delivery(options);
  delivery.submit(10);
  EXPECT_EQ(delivery.flush(), FlushOutcome::delivered);
  EXPECT_EQ(delivery.totals().exported, 10u);
  EXPECT_GE(delivery.totals().retries, 1u);
  EXPECT_NE(delivery.log_text().find("timed out"), std::string::npos) << delivery.log_text();
}

TEST(Delivery, trusts_no_certificate_of_an_unknown_ca) {
  const TlsBackend backend;
  const TlsBackend other;
  Exporter options = backend.exporter();
  options.ca_certificate_file = other.ca.path();
  Delivery delivery(options);
  delivery.submit(10);
  delivery.wait_for_line("certificate");
  delivery.stop_soon();
  EXPECT_EQ(delivery.totals().dropped_after_shutdown, 10u);
  EXPECT_EQ(backend.receiver->counts().requests, 0u);
}

// ---- The end

TEST(Delivery, delivers_what_was_submitted_before_stop) {
  const auto backend = start_receiver({});
  Delivery delivery(options_for(backend->urls()[0]));
  for (int i = 0; i < 10; ++i) delivery.submit(10);
  EXPECT_TRUE(delivery.stop());
  EXPECT_EQ(delivery.totals().exported, 100u);
  EXPECT_EQ(backend->counts().unique_spans, 100u);
}

TEST(Delivery, gives_up_before_the_deadline_when_the_backend_hangs) {
  const auto backend = start_receiver(
      {.on_request = [](const receiver::RequestInfo&) { return Reply{.fault = Fault::stall}; }});
  Exporter options = options_for(backend->urls()[0]);
  options.timeout = 0ms;
  options.requests_in_flight_max = 1;
  Delivery delivery(options);
  for (int i = 0; i < 4; ++i) delivery.submit(10);
  EXPECT_TRUE(backend->wait_for_requests(1, 60s));
  EXPECT_TRUE(delivery.stop(std::chrono::steady_clock::now() + 1s))
      << "the thread ended within the deadline";
  EXPECT_EQ(delivery.totals().dropped_after_shutdown, 40u);
  EXPECT_EQ(delivery.totals().held, 0u);
  delivery.wait_for_line("not delivered before the shutdown deadline");
}

TEST(Delivery, ends_a_flush_at_its_deadline_and_goes_on) {
  const auto backend = start_receiver(
      {.on_request = [](const receiver::RequestInfo&) { return Reply{.fault = Fault::stall}; }});
  Exporter options = options_for(backend->urls()[0]);
  options.timeout = 0ms;
  Delivery delivery(options);
  delivery.submit(10);
  EXPECT_EQ(delivery.thread().flush(1, std::chrono::steady_clock::now() + 50ms),
            FlushOutcome::deadline_exceeded);
  EXPECT_EQ(delivery.totals().held + delivery.exchange().span_count(), 10u);
}

TEST(Delivery, ends_a_flush_when_the_thread_is_stopped) {
  const auto backend = start_receiver({});
  Delivery delivery(options_for(backend->urls()[0]));
  std::thread stopping([&] { EXPECT_TRUE(delivery.stop()); });
  EXPECT_EQ(delivery.thread().flush(1, test::in_a_minute()), FlushOutcome::lost)
      << "number 1 never came";
  stopping.join();
}

TEST(Delivery, may_be_stopped_twice_and_without_having_been_started) {
  const auto backend = start_receiver({});
  Delivery delivery(options_for(backend->urls()[0]));
  EXPECT_TRUE(delivery.stop());
  EXPECT_TRUE(delivery.stop());

  BodyExchange exchange;
  SystemClock clock;
  Log log(nullptr, clock);
  auto transport = make_transport(options_for(backend->urls()[0]));
  ExportThread never_started(options_for(backend->urls()[0]), exchange,
                             std::move(transport).value(), clock, log);
  Body* body = exchange.try_acquire();
  body->bytes = "x";
  body->span_count = 5;
  body->number = 1;
  exchange.submit(body);
  EXPECT_TRUE(never_started.stop(test::in_a_minute()));
  EXPECT_EQ(never_started.totals().dropped_after_shutdown, 5u);
}

TEST(Delivery, leaves_the_hosts_signals_alone) {
  struct sigaction before {};
  struct sigaction after {};
  sigset_t mask_before;
  sigset_t mask_after;
  sigaction(SIGPIPE, nullptr, &before);
  pthread_sigmask(SIG_SETMASK, nullptr, &mask_before);
  {
    const TlsBackend backend({.on_request = [](const receiver::RequestInfo&) {
      return Reply{.fault = Fault::close_after_reply};
    }});
    Delivery delivery(backend.exporter());
    for (int i = 0; i < 4; ++i) {
      delivery.submit(1);
      EXPECT_EQ(delivery.flush(), FlushOutcome::delivered);
    }
    EXPECT_TRUE(delivery.stop());
  }
  sigaction(SIGPIPE, nullptr, &after);
  pthread_sigmask(SIG_SETMASK, nullptr, &mask_after);
  EXPECT_EQ(before.sa_handler, after.sa_handler);
  EXPECT_EQ(sigismember(&mask_before, SIGPIPE), sigismember(&mask_after, SIGPIPE));
}

}  // namespace
}  // namespace cero::core
