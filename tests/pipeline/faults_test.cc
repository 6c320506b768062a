// Goal: whatever the backend does and however options are wrong, bounds and deadlines are kept and
// the ledger is exact. Method: the public API against the in-process receiver. Where a deadline
// must be kept, all that could end the wait otherwise lies an hour away.
#include <gtest/gtest.h>

#include <latch>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "pipeline/lifecycle_harness.h"

namespace cero::test {
namespace {

using namespace std::chrono_literals;
using receiver::Fault;
using receiver::Reply;
using receiver::RequestInfo;
using std::chrono::milliseconds;

// Requests are never answered, and nothing gives up for an hour.
Options options_for_stalling(const Backend& backend) {
  Options options = options_for(backend);
  options.exporter.timeout = 1h;
  options.log_handler = nullptr;
  return options;
}
Reply stall(const RequestInfo&) { return {.fault = Fault::stall, .accepted = false}; }

TEST(Faults, a_deadline_may_be_longer_than_a_clock_can_hold) {
  for (const milliseconds deadline : {milliseconds::max(), milliseconds(24h * 365 * 300)}) {
    DirectBackend backend(Route::http1_plain);
    TracerProvider provider = make_provider(options_for(backend));
    end_spans(provider.get_tracer("t"), 10);
    EXPECT_TRUE(provider.force_flush(deadline));
    EXPECT_EQ(provider.stats().exported, 10u);
    end_spans(provider.get_tracer("t"), 10);
    EXPECT_TRUE(provider.shutdown(deadline));
    EXPECT_EQ(provider.stats().exported, 20u);
  }
}

TEST(Faults, a_deadline_may_lie_in_the_past) {
  const LateThreadsJoined joined;
  DirectBackend backend(Route::http1_plain, stall);
  TracerProvider provider = make_provider(options_for_stalling(backend));
  end_spans(provider.get_tracer("t"), 10);
  EXPECT_FALSE(provider.force_flush(milliseconds::min()));
  static_cast<void>(provider.shutdown(milliseconds::min()));
  expect_balance(provider.stats());
}

TEST(Faults, a_batch_that_fills_the_queue_goes_at_once) {
  DirectBackend backend(Route::http1_plain);
  Options options = options_for(backend);
  options.batch = {.delay_max = 1h, .spans_max = 100, .queue_spans_max = 100};
  TracerProvider provider = make_provider(std::move(options));
  for (uint64_t batch = 1; batch <= 3; ++batch) {
    end_spans(provider.get_tracer("t"), 100);  // what was sent has made room
    ASSERT_TRUE(backend.receiver().wait_for_requests(batch, 1min));
  }
  EXPECT_TRUE(provider.force_flush());
  const Stats stats = provider.stats();
  EXPECT_EQ(stats.exported, 300u);
  EXPECT_EQ(stats.recorded, 300u);
}

TEST(Faults, queue_spans_max_bounds_exactly) {
  DirectBackend backend = backend_that_fails_once();
  HeldExportThread held;
  Options options = options_for(backend);
  options.batch = {.delay_max = 1h, .spans_max = 60, .queue_spans_max = 100};
  options.log_handler = held.handler();
  TracerProvider provider = make_provider(std::move(options));
  held.hold(provider);
  end_spans(provider.get_tracer("t"), 150);
  EXPECT_EQ(provider.stats().dropped.ring_full, 50u);
  held.release();
  EXPECT_TRUE(provider.force_flush());
  const Stats stats = provider.stats();
  EXPECT_EQ(stats.exported, 101u);
  EXPECT_EQ(stats.recorded, 151u);
  expect_balance(stats);
}

TEST(Faults, the_log_is_told_that_rings_are_full) {
  DirectBackend backend(Route::http1_plain);
  std::latch told{1};
  Options options = options_for(backend);
  options.batch = {.delay_max = 1h, .spans_max = 1, .queue_spans_max = 1};
  options.log_handler = [&](Severity, std::string_view message) {
    if (message.find("dropped as ring_full so far") != std::string_view::npos) told.count_down();
  };
  TracerProvider provider = make_provider(std::move(options));
  while (provider.stats().dropped.ring_full == 0) end_spans(provider.get_tracer("t"), 100);
  told.wait();
}

TEST(Faults, a_backend_that_refuses_connections_costs_the_spans_alone) {
  Options options;
  options.exporter = refusing_exporter();
  options.exporter.retry_time_max = 0ms;
  options.log_handler = nullptr;
  TracerProvider provider = make_provider(std::move(options));
  end_spans(provider.get_tracer("t"), 20);
  const auto flushed = provider.force_flush();
  ASSERT_FALSE(flushed);
  EXPECT_EQ(flushed.error().code(), ErrorCode::delivery_failed);
  Stats stats = provider.stats();
  EXPECT_EQ(stats.recorded, 20u);
  EXPECT_EQ(stats.dropped.retry_expired, 20u);
  expect_balance(stats);
  EXPECT_EQ(stats.in_flight, 0u);
}

TEST(Faults, shutdown_keeps_its_deadline_when_the_backend_is_dead) {
  const LateThreadsJoined joined;
  for (const Route route : {Route::http1_plain, Route::http2_tls_gzip}) {
    DirectBackend backend(route, stall);
    TracerProvider provider = make_provider(options_for_stalling(backend));
    end_spans(provider.get_tracer("t"), 7);
    const auto flushed = provider.force_flush(1ms);
    ASSERT_FALSE(flushed);
    EXPECT_EQ(flushed.error().code(), ErrorCode::deadline_exceeded);
    ASSERT_TRUE(backend.receiver().wait_for_requests(1, 1min));  // from here on nothing moves
    EXPECT_EQ(provider.stats().in_flight, 7u);
    expect_balance(provider.stats());
    EXPECT_FALSE(provider.shutdown(50ms));
    const Stats stats = provider.stats();
    EXPECT_EQ(stats.recorded, 7u);
    EXPECT_EQ(stats.dropped.after_shutdown, 7u);
    EXPECT_EQ(stats.in_flight, 0u);
    expect_balance(stats);
  }
}

TEST(Faults, the_destructor_keeps_its_deadline_when_the_backend_is_dead) {
  const LateThreadsJoined joined;
  DirectBackend backend(Route::http1_plain, stall);
  Options options = options_for_stalling(backend);
  options.shutdown_timeout = 1s;
  TracerProvider provider = make_provider(std::move(options));
  end_spans(provider.get_tracer("t"), 7);
}

TEST(Faults, every_answer_finds_its_place_in_the_ledger) {
  DirectBackend backend(Route::http1_plain, [](const RequestInfo& request) -> Reply {
    switch (request.index) {
      case 1:
        return {.status = 503};
      case 2:  // the first batch again
        return {.partial_success = receiver::PartialSuccess{.rejected_spans = 4}};
      case 3:
        return {.status = 400};
      default:
        return {};
    }
  });
  Options options = options_for(backend);
  options.log_handler = nullptr;
  TracerProvider provider = make_provider(std::move(options));
  Tracer tracer = provider.get_tracer("t");
  for (const int count : {10, 20, 30}) {
    end_spans(tracer, count);
    static_cast<void>(provider.force_flush());
  }
  const Stats stats = provider.stats();
  EXPECT_EQ(stats.recorded, 60u);
  EXPECT_EQ(stats.rejected, 4u);
  EXPECT_EQ(stats.dropped.permanent_error, 20u);
  EXPECT_EQ(stats.exported, 36u);
  EXPECT_EQ(stats.requests, 4u);
  EXPECT_EQ(stats.retries, 1u);
  expect_balance(stats);
}

TEST(Faults, no_span_reads_as_dropped_while_shutdown_delivers_it) {
  DirectBackend backend = backend_that_fails_once();
  HeldExportThread held;
  Options options = options_for(backend);
  options.batch.spans_max = 1;
  options.log_handler = held.handler();
  TracerProvider provider = make_provider(std::move(options));
  held.hold(provider);
  Tracer tracer = provider.get_tracer("t");
  constexpr int kMoreThanBodies = 20;  // so the rest waits in its ring
  end_spans(tracer, kMoreThanBodies);
  std::thread ending([&] { EXPECT_TRUE(provider.shutdown(1h)); });
  while (tracer.enabled()) std::this_thread::yield();
  EXPECT_EQ(provider.stats().dropped.total(), 0u);
  held.release();
  ending.join();
  EXPECT_EQ(provider.stats().exported, kMoreThanBodies + 1u);
}

// ---- Options

TEST(Faults, create_names_every_wrong_option_at_once) {
  Options options;
  options.exporter.endpoint = "localhost:4318";
  options.exporter.headers = {{"Api-Key", static_cast<const char*>(nullptr)}};
  options.exporter.requests_in_flight_max = 0;
  options.sampler = Sampler::trace_id_ratio(2);
  options.batch.spans_max = 0;
  options.ring_bytes = 300'000;
  const auto created = TracerProvider::create(std::move(options));
  ASSERT_FALSE(created);
  EXPECT_EQ(created.error().code(), ErrorCode::invalid_options);
  for (const char* name : {"exporter.endpoint", "Api-Key", "exporter.requests_in_flight_max",
                           "sampler", "batch.spans_max", "ring_bytes"}) {
    EXPECT_NE(created.error().message().find(name), std::string::npos) << name;
  }
}

TEST(Faults, a_header_without_value_is_named) {
  Options options;
  options.exporter.headers = {{"Mackerel-Api-Key", static_cast<const char*>(nullptr)}};
  const auto created = TracerProvider::create(std::move(options));
  ASSERT_FALSE(created);
  EXPECT_NE(created.error().message().find("Mackerel-Api-Key"), std::string::npos);
}

}  // namespace
}  // namespace cero::test
