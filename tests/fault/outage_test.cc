// Goal: an outage that is longer than the buffers costs the newest spans and nothing else: memory
// is bounded, each lost span is counted as ring_full, and all that was kept arrives. Method: a
// backend that is away for as long as the test says, and producers that go on until rings are full.
#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <chrono>
#include <cstdint>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "fault/ledger_check.h"
#include "pipeline/backend.h"

namespace cero::test {
namespace {

using namespace std::chrono_literals;

constexpr uint64_t kLostSpans = 1'000;
constexpr uint64_t kBallastBytes = 500;  // of each span
constexpr uint64_t kMemoryMax = 16 << 20;

class Outage : public testing::TestWithParam<Route> {};

// Made so that a backend which is away fills the buffers soon.
Options small_options(const Backend& backend) {
  Options options;
  options.exporter = backend.exporter();
  options.exporter.retry_bytes_max = 1 << 20;
  options.batch.bytes_max = 64 << 10;
  options.ring_bytes = 256 << 10;
  options.log_handler = nullptr;
  return options;
}

// Ends spans until many were dropped; how many it has ended.
uint64_t end_spans_until_rings_are_full(TracerProvider& provider,
                                        uint64_t lost_spans = kLostSpans) {
  Tracer tracer = provider.get_tracer("outage");
  const std::string ballast(kBallastBytes, 'x');
  uint64_t ended = 0;
  while (provider.stats().dropped.ring_full < lost_spans) {
    for (int i = 0; i < 200; ++i, ++ended) {
      Span span = tracer.start_span("operation");
      span.set_attribute("ballast", ballast);
    }
  }
  return ended;
}

// An outage that ends when rings are full.
void outlast_the_buffers(Options options, Backend& backend, std::atomic<bool>& away,
                         uint64_t lost_spans, uint64_t kept_spans_max) {
  TracerProvider provider = make_provider(std::move(options));
  const uint64_t ended = end_spans_until_rings_are_full(provider, lost_spans);
  const Stats during = provider.stats();
  EXPECT_EQ(during.exported, 0u);
  EXPECT_LE(during.in_flight, kept_spans_max);
  EXPECT_EQ(during.dropped.total(), during.dropped.ring_full) << "overload drops in one place";

  away.store(false);
  EXPECT_TRUE(provider.force_flush(1h));
  EXPECT_TRUE(provider.shutdown(1h));
  const Stats stats = provider.stats();
  EXPECT_EQ(stats.exported, ended - stats.dropped.ring_full);
  EXPECT_EQ(stats.dropped.total(), stats.dropped.ring_full);
  backend.receiver().stop();
  EXPECT_EQ(ledger_faults(stats, backend.receiver().counts(), ended, 0), "");
}

receiver::ReceiverOptions away_while(const std::atomic<bool>& away) {
  return {.on_request = [&away](const receiver::RequestInfo&) {
    return receiver::Reply{.status = away.load() ? 503 : 200};
  }};
}

TEST_P(Outage, longer_than_the_buffers_costs_the_newest_spans_alone) {
  std::atomic<bool> away{true};
  DirectBackend backend(GetParam(), away_while(away));
  outlast_the_buffers(small_options(backend), backend, away, kLostSpans, UINT64_MAX);
}

// Ten times what fits into memory_max is lost. Uncompressed, what is kept is at least its ballast;
// tests/memory weighs the process.
TEST_P(Outage, longer_than_memory_max_allows_costs_the_newest_spans_alone) {
  std::atomic<bool> away{true};
  DirectBackend backend(GetParam(), away_while(away));
  Options options = small_options(backend);
  options.exporter.retry_bytes_max.reset();
  options.exporter.response_bytes_max = 64 << 10;
  options.span_bytes_max = 64 << 10;
  options.memory_max = kMemoryMax;
  const uint64_t fitting = kMemoryMax / kBallastBytes;
  outlast_the_buffers(std::move(options), backend, away, 10 * fitting,
                      GetParam() == Route::http1_plain ? fitting : UINT64_MAX);
}

// Threads that live on after an outage hold all of rings_bytes_max, until they record again.
TEST_P(Outage, over_which_rings_filled_leaves_memory_for_threads_that_come_later) {
  // With rings of 256 KiB, twice what may be used; and more than an earlier test has had, so that
  // no ring which that has filled is left out.
  constexpr int kThreads = 32;
  constexpr int kSpansOfLate = 300;  // far more than the part of a ring that is free
  std::atomic<bool> away{true};
  DirectBackend backend(GetParam(), away_while(away));
  Options options = small_options(backend);
  options.rings_bytes_max = 4 << 20;
  TracerProvider provider = make_provider(std::move(options));
  Tracer tracer = provider.get_tracer("outage");
  const auto burst = [&tracer](int spans) {
    const std::string ballast(kBallastBytes, 'x');
    for (int i = 0; i < spans; ++i)
      tracer.start_span("operation").set_attribute("ballast", ballast);
  };

  std::atomic<uint64_t> ended{0};
  const auto live_on = [&] {
    for (int round = 0; round < 100; ++round) {
      burst(1);
      ++ended;
      EXPECT_TRUE(provider.force_flush(1h));
    }
  };
  std::barrier outage_over(kThreads + 1);
  std::barrier calm(kThreads + 1);
  std::vector<std::jthread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      while (provider.stats().dropped.no_memory < kLostSpans) {
        burst(10);
        ended += 10;
      }
      outage_over.arrive_and_wait();
      outage_over.arrive_and_wait();  // all has been delivered
      live_on();
      calm.arrive_and_wait();
      calm.arrive_and_wait();  // the late thread is done
    });
  }
  outage_over.arrive_and_wait();
  away.store(false);
  EXPECT_TRUE(provider.force_flush(1h));
  const uint64_t dropped = provider.stats().dropped.total();
  outage_over.arrive_and_wait();
  live_on();  // here too: an earlier test may have filled this thread's ring
  calm.arrive_and_wait();
  std::jthread([&] { burst(kSpansOfLate); }).join();
  ended += kSpansOfLate;
  calm.arrive_and_wait();
  threads.clear();
  EXPECT_TRUE(provider.shutdown(1h));
  const Stats stats = provider.stats();
  EXPECT_EQ(stats.dropped.total(), dropped) << "nothing was lost after the outage";
  backend.receiver().stop();
  EXPECT_EQ(ledger_faults(stats, backend.receiver().counts(), ended, 0), "");
}

// The flush within a shutdown waits for the backend then, which must not take all of the time.
TEST_P(Outage, that_outlasts_a_shutdown_leaves_nothing_in_flight) {
  DirectBackend backend(GetParam(),
                        receiver::ReceiverOptions{.on_request = [](const receiver::RequestInfo&) {
                          return receiver::Reply{.status = 503};
                        }});
  TracerProvider provider = make_provider(small_options(backend));
  const uint64_t ended = end_spans_until_rings_are_full(provider);
  EXPECT_FALSE(provider.shutdown(2s));
  const Stats stats = provider.stats();
  EXPECT_EQ(stats.exported, 0u);
  EXPECT_EQ(stats.dropped.after_shutdown, ended - stats.dropped.ring_full);
  backend.receiver().stop();
  EXPECT_EQ(ledger_faults(stats, backend.receiver().counts(), ended, 0), "");
}

INSTANTIATE_TEST_SUITE_P(Routes, Outage,
                         testing::Values(Route::http1_plain, Route::http2_tls_gzip,
                                         Route::grpc_tls_gzip),
                         [](const auto& test) { return to_text(test.param); });

}  // namespace
}  // namespace cero::test
