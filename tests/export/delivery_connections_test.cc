// Goal: whatever happens to a connection, every batch is delivered in the end, and the host's
// signals stay its own. Method: ExportThread on libcurl against the in-process receiver, whose
// connections fail by script.
#include <gtest/gtest.h>
#include <signal.h>

#include <array>
#include <map>

#include "export/delivery_harness.h"

namespace cero::core {
namespace {

using namespace std::chrono_literals;
using receiver::Fault;
using receiver::Receiver;
using receiver::Reply;
using test::Delivery;
using test::options_for;
using test::script;
using test::start_receiver;
using test::TemporaryFile;
using test::TlsBackend;

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

TEST(Delivery, probes_over_a_connection_of_its_own) {
  // Which begins an outage.
  const Reply asks_for_a_wait{.status = 503, .headers = {{"retry-after", "1"}}};
  const auto backend = start_receiver({.on_request = script({{}, asks_for_a_wait})});
  Delivery delivery(options_for(backend->urls()[0]));
  for (int i = 0; i < 2; ++i) {
    delivery.submit(1);
    EXPECT_EQ(delivery.flush(), FlushOutcome::delivered);
  }
  EXPECT_EQ(delivery.totals().requests, 3u);
  EXPECT_EQ(backend->counts().connections, 2u);
}

// The second request on each connection is stored, and the connection ends instead of an answer.
receiver::RequestHandler closes_after_the_second(std::map<uint64_t, int>* requests) {
  return [requests](const receiver::RequestInfo& request) -> Reply {
    if (++(*requests)[request.request.connection_id] < 2) return {};
    return {.fault = Fault::close, .accepted = true};
  };
}

// libcurl repeats such a request behind our back.
TEST(Delivery, counts_each_request_that_the_server_has_seen) {
  for (const bool tls : {false, true}) {
    std::map<uint64_t, int> requests;
    receiver::ReceiverOptions faulty{.on_request = closes_after_the_second(&requests)};
    std::unique_ptr<TlsBackend> tls_backend;
    std::unique_ptr<Receiver> plain_backend;
    if (tls) {
      tls_backend = std::make_unique<TlsBackend>(faulty);
    } else {
      plain_backend = start_receiver(faulty);
    }
    const Receiver& backend = tls ? *tls_backend->receiver : *plain_backend;
    Delivery delivery(tls ? tls_backend->exporter() : options_for(backend.urls()[0]));
    for (int i = 0; i < 20; ++i) {
      delivery.submit(1);
      EXPECT_EQ(delivery.flush(), FlushOutcome::delivered);
    }
    const Stats totals = delivery.totals();
    EXPECT_EQ(totals.exported, 20u);
    EXPECT_EQ(totals.requests, 39u);
    EXPECT_EQ(totals.retries, 19u);
    EXPECT_EQ(totals.endpoints[0].requests, 39u);
    EXPECT_EQ(totals.endpoints[0].failures, 0u);
    EXPECT_EQ(backend.counts().requests, 39u);
    EXPECT_EQ(totals.bytes_wire, backend.counts().bytes);
    EXPECT_EQ(delivery.log_text(), "") << "no outage";
  }
}

TEST(Delivery, repeats_nothing_when_servers_close_idle_connections) {
  const auto backend = start_receiver({.on_request = [](const receiver::RequestInfo&) {
    return Reply{.fault = Fault::close_after_reply};
  }});
  Delivery delivery(options_for(backend->urls()[0]));
  for (int i = 0; i < 100; ++i) {
    delivery.submit(1);
    EXPECT_EQ(delivery.flush(), FlushOutcome::delivered);
  }
  EXPECT_EQ(delivery.totals().exported, 100u);
  EXPECT_EQ(backend->counts().spans, 100u) << "none twice";
  EXPECT_EQ(delivery.totals().endpoints[0].failures, 0u);
  EXPECT_EQ(delivery.log_text(), "");
}

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
  EXPECT_EQ(delivery.totals().dropped.after_shutdown, 10u);
  EXPECT_EQ(backend.receiver->counts().requests, 0u);
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
