// Goal: a service whose clocks jump loses no span: what waits or is under way is delivered after
// the jump, once, and no span ends before it starts. Method: a provider and the receiver, with the
// clocks of the whole process in the test's hand. cero sleeps in the kernel, which does not know of
// the jump; the spans of the next batch wake it.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include "otlp/trace.pb.h"
#include "pipeline/lifecycle_harness.h"
#include "support/jumping_clock.h"

namespace cero::test {
namespace {

using namespace std::chrono_literals;

class ClockTest : public testing::TestWithParam<Route> {
 protected:
  static Options options_for_jumps(const Backend& backend) {
    Options options = options_for(backend);
    options.batch.delay_max = 1ms;
    return options;
  }
  static void expect_all_delivered_once(DirectBackend& backend, TracerProvider& provider,
                                        uint64_t spans) {
    EXPECT_TRUE(backend.receiver().wait_for_spans(spans, 1min));
    EXPECT_TRUE(provider.force_flush(1min));
    const Stats stats = provider.stats();
    expect_balance(stats);
    EXPECT_EQ(stats.exported, spans);
    const receiver::Counts counts = backend.receiver().counts();
    EXPECT_EQ(counts.spans, spans);
    EXPECT_EQ(counts.unique_spans, spans);
  }
};

TEST_P(ClockTest, a_wait_for_a_retry_ends_with_the_jump) {
  DirectBackend backend(GetParam(), [](const receiver::RequestInfo& request) {
    return receiver::Reply{.status = request.index == 1 ? 503 : 200};
  });
  Options options = options_for_jumps(backend);
  options.exporter.retry_delay_initial = options.exporter.retry_delay_max = 30min;
  TracerProvider provider = make_provider(std::move(options));
  end_spans(provider.get_tracer("t"), 10);
  while (provider.stats().endpoints[0].failures == 0) std::this_thread::yield();
  jump_steady_clock(1h);
  end_spans(provider.get_tracer("t"), 1);
  expect_all_delivered_once(backend, provider, 11);
}

TEST_P(ClockTest, a_request_under_way_times_out_and_is_sent_again) {
  auto stall = receiver::parse_fault_script("stall headers");
  ASSERT_TRUE(stall);
  DirectBackend backend(GetParam(), receiver::ReceiverOptions{.faults = *std::move(stall)});
  Options options = options_for_jumps(backend);
  options.exporter.timeout = 30min;
  TracerProvider provider = make_provider(std::move(options));
  end_spans(provider.get_tracer("t"), 10);
  while (backend.receiver().counts().faults.empty()) std::this_thread::yield();
  jump_steady_clock(1h);
  end_spans(provider.get_tracer("t"), 1);
  expect_all_delivered_once(backend, provider, 11);
  EXPECT_EQ(provider.stats().retries, 1u);
}

TEST_P(ClockTest, a_connection_that_has_aged_in_the_jump_is_renewed) {
  DirectBackend backend(GetParam());
  Options options = options_for_jumps(backend);
  options.exporter.connection_age_max = 30min;
  TracerProvider provider = make_provider(std::move(options));
  end_spans(provider.get_tracer("t"), 10);
  EXPECT_TRUE(provider.force_flush(1min));
  const uint64_t before = provider.stats().connections;
  jump_steady_clock(1h);
  end_spans(provider.get_tracer("t"), 1);
  expect_all_delivered_once(backend, provider, 11);
  EXPECT_GT(provider.stats().connections, before);
}

INSTANTIATE_TEST_SUITE_P(Routes, ClockTest,
                         testing::Values(Route::http1_plain, Route::http2_tls_gzip,
                                         Route::grpc_tls_gzip),
                         [](const auto& one) { return to_text(one.param); });

std::vector<otlp::Span> take_spans(DirectBackend& backend) {
  std::vector<otlp::Span> spans;
  for (const auto& received : backend.receiver().take_requests()) {
    otlp::ExportTraceServiceRequest request;
    EXPECT_TRUE(request.ParseFromString(received.request.body));
    for (const auto& scope : request.resource_spans(0).scope_spans())
      spans.insert(spans.end(), scope.spans().begin(), scope.spans().end());
  }
  return spans;
}

TEST(SpanTimes, follow_a_step_of_the_wall_clock_and_no_span_ends_before_it_starts) {
  constexpr uint64_t kMostOfAnHour = uint64_t{59} * 60 * 1'000'000'000;
  for (const std::chrono::seconds step : {std::chrono::seconds(1h), std::chrono::seconds(-1h)}) {
    DirectBackend backend(Route::http1_plain);
    TracerProvider provider = make_provider(options_for(backend));
    Tracer tracer = provider.get_tracer("t");
    end_spans(tracer, 1);
    EXPECT_TRUE(provider.force_flush(1min));
    Span across = tracer.start_span("across");
    step_wall_clock(step);
    jump_steady_clock(2s);  // beyond the longest time for which cero-batch does not look
    EXPECT_TRUE(provider.force_flush(1min));  // it looks
    across.end();
    end_spans(tracer, 1);
    EXPECT_TRUE(provider.force_flush(1min));
    const std::vector<otlp::Span> spans = take_spans(backend);
    ASSERT_EQ(spans.size(), 3u);
    for (const otlp::Span& span : spans) {
      EXPECT_GE(span.end_time_unix_nano(), span.start_time_unix_nano());
      EXPECT_LT(span.end_time_unix_nano() - span.start_time_unix_nano(), kMostOfAnHour);
    }
    const auto [earlier, later] =
        std::minmax({spans[0].start_time_unix_nano(), spans[2].start_time_unix_nano()});
    EXPECT_GT(later - earlier, kMostOfAnHour);
    EXPECT_EQ(earlier == spans[0].start_time_unix_nano(), step > 0s);
    EXPECT_EQ(provider.stats().negative_durations, 0u);
  }
}

}  // namespace
}  // namespace cero::test
