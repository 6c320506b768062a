// Goal: under each fault of the matrix every span is in its place to the span, the receiver has
// what the ledger says it has, twice only what it never confirmed, and producers do not notice.
// Method: a provider and the receiver over real sockets, over each protocol; a fault script says
// what goes wrong. Scenarios that end by a timeout have a short one; nothing else is about time.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>

#include "fault/ledger_check.h"
#include "fault/scenarios.h"
#include "support/allocation_count.h"
#include "support/collected_log.h"

namespace cero::test {
namespace {

using namespace std::chrono_literals;

constexpr Route kRoutes[] = {Route::http1_plain, Route::http2_tls_gzip, Route::grpc_tls_gzip};

receiver::FaultScript script_of(const Scenario& scenario) {
  auto script = receiver::parse_fault_script(scenario.script);
  if (!script) throw std::runtime_error(script.error().message());
  return *std::move(script);
}

Options options_for(const Scenario& scenario, const Backend& backend) {
  Options options;
  options.exporter = backend.exporter();
  options.exporter.timeout = scenario.timeout;
  options.exporter.retry_time_max = scenario.retry_time_max;
  options.exporter.requests_in_flight_max = scenario.requests_in_flight_max;
  options.batch.delay_max = 1h;
  options.batch.spans_max = kScenarioBatch;
  return options;
}

// Returns when all have ended; the thread was prepared, so that they cost it no memory.
void end_spans(TracerProvider& provider, uint64_t count) {
  Tracer tracer = provider.get_tracer("fault");
  ASSERT_TRUE(provider.prepare_thread());
  const uint64_t allocations = allocation_count();
  for (uint64_t i = 0; i < count; ++i) {
    Span span = tracer.start_span("operation");
    span.set_attribute("number", static_cast<int64_t>(i));
  }
  EXPECT_EQ(allocation_count(), allocations) << "a producer allocated";
}

void finish(TracerProvider& provider, const Scenario& scenario, const Places& places) {
  if (scenario.end == End::shutdown) {
    EXPECT_FALSE(provider.shutdown(200ms));
    return;
  }
  const bool all_delivered = places.exported == scenario.spans;
  EXPECT_EQ(provider.force_flush(1h).has_value(), all_delivered);
  static_cast<void>(provider.shutdown(1h));
}

void expect_places(const Places& places, const Stats& stats) {
  if (places.sum() == 0) {
    EXPECT_EQ(stats.dropped.total(), 0u);
    EXPECT_GT(stats.exported, 0u);
    EXPECT_GT(stats.rejected, 0u);
    return;
  }
  EXPECT_EQ(stats.exported, places.exported);
  EXPECT_EQ(stats.rejected, places.rejected);
  EXPECT_EQ(stats.dropped.permanent_error, places.permanent_error);
  EXPECT_EQ(stats.dropped.retry_expired, places.retry_expired);
  EXPECT_EQ(stats.dropped.after_shutdown, places.after_shutdown);
}

// Those that it took while the client gave up. Several streams on a connection may be cut by one
// reset; and where an attempt may time out, it may do so after its body was taken.
uint64_t spans_the_receiver_cannot_know_of(const Scenario& scenario, const Stats& stats,
                                           const receiver::Counts& counts) {
  if (scenario.requests_in_flight_max > 1) return kScenarioBatch * unanswered_attempts(stats);
  const bool may_time_out = scenario.timeout < 1min || scenario.end == End::shutdown;
  return may_time_out ? spans_of_timeouts(stats, counts, kScenarioBatch) : 0;
}

// A fault that nobody met proves nothing.
void expect_all_met(const receiver::FaultScript& script, const receiver::Counts& counts) {
  for (const receiver::FaultStep& step : script.steps) {
    EXPECT_TRUE(step.action.is_ok() || counts.faults.contains(step.action.text))
        << step.action.text;
  }
  for (const receiver::FaultRule& rule : script.rules) {
    EXPECT_TRUE(counts.faults.contains(rule.action.text)) << rule.action.text;
  }
}

void run(const Scenario& scenario, Route route) {
  const receiver::FaultScript script = script_of(scenario);
  DirectBackend backend(route, receiver::ReceiverOptions{.faults = script});
  const Places& places = places_over(scenario, route);
  CollectedLog log;
  Stats stats;
  {
    Options options = options_for(scenario, backend);
    options.log_handler = log.handler();
    TracerProvider provider = make_provider(std::move(options));
    end_spans(provider, scenario.spans);
    finish(provider, scenario, places);
    stats = provider.stats();
  }
  backend.receiver().stop();
  const receiver::Counts counts = backend.receiver().counts();

  const uint64_t unseen = spans_the_receiver_cannot_know_of(scenario, stats, counts);
  EXPECT_EQ(ledger_faults(stats, counts, scenario.spans, unseen), "");
  expect_places(places, stats);
  expect_all_met(script, counts);
  const uint64_t confirmed = stats.exported + stats.rejected;
  EXPECT_EQ(counts.unique_spans, confirmed + scenario.stored_and_dropped);
  EXPECT_GE(counts.spans + counts.rejected_spans - counts.unique_spans, scenario.delivered_twice);
  EXPECT_NE(log.text().find(scenario.says), std::string::npos) << log.text();
  EXPECT_EQ(route == Route::http1_plain ? stats.http2_responses : stats.http1_responses, 0u);
}

class FaultMatrix : public testing::TestWithParam<Scenario> {};

TEST_P(FaultMatrix, every_span_is_in_its_place) {
  const Scenario& scenario = GetParam();
  for (const Route route : kRoutes) {
    if (!is_run_over(scenario, route)) continue;
    SCOPED_TRACE(to_text(route) + ": " + scenario.script);
    run(scenario, route);
  }
}

INSTANTIATE_TEST_SUITE_P(Scenarios, FaultMatrix,
                         testing::ValuesIn(scenarios().begin(), scenarios().end()),
                         [](const testing::TestParamInfo<Scenario>& test) {
                           return std::string(test.param.name);
                         });

TEST(FaultMatrixItself, places_every_span_of_at_least_forty_scenarios) {
  EXPECT_GE(scenarios().size(), 40u);
  for (const Scenario& scenario : scenarios()) {
    for (const Route route : kRoutes) {
      const uint64_t sum = places_over(scenario, route).sum();
      EXPECT_TRUE(sum == 0 || sum == scenario.spans) << scenario.name;
    }
  }
}

}  // namespace
}  // namespace cero::test
