// SenderHarness: a Sender between a BodyExchange the test fills and a FakeTransport it answers for,
// on a ManualClock. The ledger is checked after every round.
#ifndef CERO_TESTS_EXPORT_SENDER_HARNESS_H_
#define CERO_TESTS_EXPORT_SENDER_HARNESS_H_

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "export/sender.h"
#include "support/fake_transport.h"
#include "support/manual_clock.h"

namespace cero::test {

using Tokens = std::vector<uint64_t>;

inline const FakeTransport::Answer kNoAnswer{.status = 0, .body = {}, .content_type = {}};

struct SenderHarness {
  explicit SenderHarness(Exporter exporter = {}, LogHandler handler = {})
      : options(std::move(exporter)),
        log(handler ? std::move(handler) : keep_lines(), clock),
        sender(options, {.exchange = exchange,
                         .transport = transport,
                         .clock = clock,
                         .log = log,
                         .counters = counters,
                         .tracker = tracker,
                         .spans_dropped = [this] { return spans_dropped; }}) {}

  LogHandler keep_lines() {
    return [this](Severity, std::string_view message) { lines.emplace_back(message); };
  }

  // False when all bodies of the exchange are on their way.
  bool submit(uint32_t span_count, std::string bytes = "body") {
    core::Body* body = exchange.try_acquire();
    if (body == nullptr) return false;
    body->bytes = std::move(bytes);
    body->span_count = span_count;
    body->number = ++submitted_count;
    spans_submitted += span_count;
    exchange.submit(body);
    return true;
  }

  // Rounds until the sender has nothing to do at this time.
  void run() {
    do {
      sender.round(core::TimePoint::max());
      expect_balance();
    } while (transport.last_poll_answered() || transport.poll_deadline() <= clock.now());
  }

  void answer(uint64_t token, FakeTransport::Answer answer) {
    transport.answer(token, std::move(answer));
    run();
  }

  // So many batches of one span fail, one after the other, that the backend is taken to be away.
  // Tokens and numbers are those from 1 to EndpointHealth::kOutageBatches.
  void begin_outage() {
    for (size_t i = 0; i < core::EndpointHealth::kOutageBatches; ++i) {
      EXPECT_TRUE(submit(1, "outage " + std::to_string(i)));
      run();
      answer(under_way().back(), kNoAnswer);
    }
    EXPECT_FALSE(totals().endpoints[0].healthy);
  }

  void advance(std::chrono::nanoseconds by) {
    clock.advance(by);
    run();
  }

  Tokens under_way() const {
    Tokens tokens;
    for (const core::Post& post : transport.under_way()) tokens.push_back(post.token);
    return tokens;
  }

  // How long until the sender wants to be called again; nullopt: when something else happens.
  std::optional<std::chrono::nanoseconds> next_round_in() const {
    if (transport.poll_deadline() == core::TimePoint::max()) return std::nullopt;
    return transport.poll_deadline() - clock.now();
  }

  // The first batch, and not sooner.
  void expect_sent_after(std::chrono::nanoseconds wait) {
    advance(wait - std::chrono::nanoseconds(1));
    EXPECT_TRUE(under_way().empty());
    advance(std::chrono::nanoseconds(1));
    EXPECT_EQ(under_way(), Tokens{1});
  }

  Stats totals() const { return counters.read(); }

  void expect_balance() {
    const Stats now = totals();
    EXPECT_EQ(spans_submitted, now.exported + now.rejected + now.dropped.total() + now.in_flight +
                                   exchange.span_count());
  }

  const Exporter options;
  core::BodyExchange exchange;
  FakeTransport transport;
  ManualClock clock;
  std::vector<std::string> lines;  // of the log
  core::Log log;
  core::ExportCounters counters;
  core::SettledTracker tracker;
  uint64_t spans_dropped = 0;  // before they came to the exchange
  uint64_t submitted_count = 0;
  uint64_t spans_submitted = 0;
  core::Sender sender;
};

}  // namespace cero::test

#endif  // CERO_TESTS_EXPORT_SENDER_HARNESS_H_
