// Goal: a network that loses packets, is slow, or is cut costs no span that could be delivered, and
// one that stays cut holds nobody up. Method: a provider and the receiver over a loopback of their
// own that tc and ip make bad; which it was is read from the kernel's counters. Cuts come at a
// request that the receiver has in hand, and go when what they should do has happened.
#include "fault/network.h"

#include <gtest/gtest.h>

#include <chrono>
#include <latch>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <tuple>

#include "fault/ledger_check.h"
#include "pipeline/backend.h"
#include "support/allocation_count.h"

namespace cero::test {
namespace {

using namespace std::chrono_literals;

constexpr uint64_t kSpans = 500;
constexpr uint64_t kBatch = 50;
constexpr uint64_t kBallastBytes = 400;  // of each span
constexpr std::chrono::milliseconds kShort = 200ms;

enum class Cut {
  link_down,  // a connection waits, a new one is refused at once: there is no route
  black_hole  // all looks well, and nothing arrives
};

std::string to_text(Cut cut) { return cut == Cut::link_down ? "link_down" : "black_hole"; }

void make(Cut cut, Network& network) {
  if (cut == Cut::link_down) return network.take_link_down();
  network.lose_packets(Network::kAll);
}

// Text that gzip can do little about.
std::string noise(size_t size) {
  std::mt19937 random(1);
  std::string text(size, ' ');
  for (char& c : text) c = static_cast<char>(' ' + random() % 95);
  return text;
}

// Returns when all have ended; the thread was prepared, so that they cost it no memory.
void end_spans(TracerProvider& provider, uint64_t count) {
  Tracer tracer = provider.get_tracer("network");
  ASSERT_TRUE(provider.prepare_thread());
  const std::string ballast = noise(count * kBallastBytes);
  const uint64_t allocations = allocation_count();
  for (uint64_t i = 0; i < count; ++i) {
    Span span = tracer.start_span("operation");
    span.set_attribute("ballast",
                       std::string_view(ballast).substr(i * kBallastBytes, kBallastBytes));
  }
  EXPECT_EQ(allocation_count(), allocations) << "a producer allocated";
}

Options options_for(const Backend& backend, std::chrono::milliseconds timeout) {
  Options options;
  options.exporter = backend.exporter();
  options.exporter.timeout = timeout;
  options.batch.delay_max = 1h;
  options.batch.spans_max = kBatch;
  options.log_handler = nullptr;
  return options;
}

struct Outcome {
  Stats stats;
  receiver::Counts counts;
};

// Of a provider that is shut down.
Outcome outcome_of(const TracerProvider& provider, Backend& backend, Route route) {
  backend.receiver().stop();
  const Stats stats = provider.stats();
  EXPECT_EQ(route == Route::http1_plain ? stats.http2_responses : stats.http1_responses, 0u);
  return {.stats = stats, .counts = backend.receiver().counts()};
}

Outcome deliver_all(TracerProvider& provider, Backend& backend, Route route) {
  EXPECT_TRUE(provider.force_flush(1h));
  EXPECT_TRUE(provider.shutdown(1h));
  const Outcome outcome = outcome_of(provider, backend, route);
  EXPECT_EQ(outcome.stats.exported, outcome.stats.recorded);
  return outcome;
}

void expect_each_once(const Outcome& outcome, uint64_t spans) {
  EXPECT_EQ(ledger_faults(outcome.stats, outcome.counts, spans, 0), "");
  EXPECT_EQ(outcome.counts.spans, spans);
  EXPECT_EQ(outcome.stats.retries, 0u);
}

class BadNetwork : public testing::Test {
 protected:
  void SetUp() override {
    try {
      network_.emplace();
    } catch (const NetworkRefused& refused) {
      GTEST_SKIP() << "not tried, since this machine refuses: " << refused.what();
    }
  }
  Network& network() { return *network_; }

 private:
  std::optional<Network> network_;
};

class BadNetworkOver : public BadNetwork, public testing::WithParamInterface<Route> {};

TEST_P(BadNetworkOver, that_is_narrow_and_loses_packets_gets_every_span_once) {
  constexpr uint64_t kManySpans = 2'000;
  DirectBackend backend(GetParam());
  network().lose_packets(12);
  TracerProvider provider = make_provider(options_for(backend, 1min));
  end_spans(provider, kManySpans);
  expect_each_once(deliver_all(provider, backend, GetParam()), kManySpans);
  EXPECT_GT(network().packets_lost(), 0u);
  EXPECT_GT(network().packets_delayed(), 0u);
}

// The receiver has taken the second request when the network is cut: its answer does not get out.
class CutAtSecondRequest {
 public:
  CutAtSecondRequest(Network& network, Cut cut) : network_(network), cut_(cut) {}

  receiver::RequestHandler handler() {
    return [this](const receiver::RequestInfo& request) {
      if (request.index == 2) {
        make(cut_, network_);
        has_happened_.count_down();
      }
      return receiver::Reply{};
    };
  }
  void wait() const { has_happened_.wait(); }

 private:
  Network& network_;
  const Cut cut_;
  std::latch has_happened_{1};
};

// TCP alone brings what was lost.
TEST_P(BadNetworkOver, that_is_cut_for_less_than_the_timeout_gets_every_span_once) {
  CutAtSecondRequest cut(network(), Cut::black_hole);
  DirectBackend backend(GetParam(), cut.handler());
  TracerProvider provider = make_provider(options_for(backend, 1min));
  end_spans(provider, kSpans);
  cut.wait();
  while (network().packets_lost() < 5) std::this_thread::yield();
  network().mend();
  expect_each_once(deliver_all(provider, backend, GetParam()), kSpans);
}

INSTANTIATE_TEST_SUITE_P(Routes, BadNetworkOver,
                         testing::Values(Route::http1_plain, Route::http2_tls_gzip,
                                         Route::grpc_tls_gzip),
                         [](const auto& test) { return to_text(test.param); });

class CutNetwork : public BadNetwork, public testing::WithParamInterface<std::tuple<Route, Cut>> {};

// One request at a time: the one whose answer is lost is then the one that times out.
TEST_P(CutNetwork, for_longer_than_the_timeout_loses_nothing_and_doubles_what_was_unanswered) {
  const auto [route, kind] = GetParam();
  CutAtSecondRequest cut(network(), kind);
  DirectBackend backend(route, cut.handler());
  Options options = options_for(backend, kShort);
  options.exporter.requests_in_flight_max = 1;
  TracerProvider provider = make_provider(std::move(options));
  end_spans(provider, kSpans);
  cut.wait();
  // The attempt that was cut has ended then, and one that began in the cut.
  const uint64_t requests = provider.stats().requests;
  while (provider.stats().requests < requests + 2) std::this_thread::yield();
  network().mend();
  const auto [stats, counts] = deliver_all(provider, backend, route);
  EXPECT_EQ(ledger_faults(stats, counts, kSpans, spans_of_timeouts(stats, counts, kBatch)), "");
  EXPECT_GT(counts.spans, kSpans) << "no answer was lost";
}

TEST_P(CutNetwork, for_good_holds_up_neither_flush_nor_shutdown) {
  const auto [route, kind] = GetParam();
  DirectBackend backend(route);
  TracerProvider provider = make_provider(options_for(backend, 1h));
  end_spans(provider, kSpans);
  EXPECT_TRUE(provider.force_flush(1h));
  make(kind, network());
  end_spans(provider, kSpans);
  EXPECT_FALSE(provider.force_flush(kShort));
  EXPECT_FALSE(provider.shutdown(kShort));
  const auto [stats, counts] = outcome_of(provider, backend, route);
  EXPECT_EQ(stats.exported, kSpans);
  EXPECT_EQ(stats.dropped.after_shutdown, kSpans);
  EXPECT_EQ(ledger_faults(stats, counts, 2 * kSpans, 0), "");
  EXPECT_EQ(counts.spans, kSpans);
}

INSTANTIATE_TEST_SUITE_P(RoutesAndCuts, CutNetwork,
                         testing::Combine(testing::Values(Route::http1_plain, Route::http2_tls_gzip,
                                                          Route::grpc_tls_gzip),
                                          testing::Values(Cut::link_down, Cut::black_hole)),
                         [](const auto& test) {
                           return to_text(std::get<Route>(test.param)) + "_" +
                                  to_text(std::get<Cut>(test.param));
                         });

}  // namespace
}  // namespace cero::test
