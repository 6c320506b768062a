// Goal: whatever the first of two backends does, every span arrives at the second, once there, and
// the ledger has each once. Method: two receivers, the first with a fault script that never ends
// well; its requests do not overlap, so that what it took is known.
#include <gtest/gtest.h>

#include <chrono>
#include <ostream>
#include <stdexcept>
#include <string>

#include "pipeline/backend.h"

namespace cero::test {
namespace {

using namespace std::chrono_literals;

constexpr uint64_t kSpans = 60;
constexpr uint64_t kBatch = 20;

struct Failure {
  const char* name;
  const char* script;  // of the first backend
  std::chrono::milliseconds timeout = 1min;
};

std::ostream& operator<<(std::ostream& out, const Failure& failure) { return out << failure.name; }

constexpr Failure kFailures[] = {
    {.name = "unavailable", .script = "forever: status 503"},
    {.name = "nobody_there", .script = "forever: refuse"},
    {.name = "hangs_up", .script = "forever: hang up"},
    {.name = "resets", .script = "forever: reset"},
    {.name = "truncated_answers", .script = "forever: truncated"},
    {.name = "stored_and_never_told", .script = "forever: reset, stored"},
    // An attempt that is slow at the second, too, is one more request there and no span.
    {.name = "stalls", .script = "forever: stall headers", .timeout = 2s},
};

constexpr Route kRoutes[] = {Route::http1_plain, Route::http2_tls_gzip, Route::grpc_tls_gzip};

receiver::ReceiverOptions with_script(const char* text) {
  auto script = receiver::parse_fault_script(text);
  if (!script) throw std::runtime_error(script.error().message());
  return {.faults = *std::move(script)};
}

class FirstFails : public testing::TestWithParam<Failure> {};

void run(const Failure& failure, Route route) {
  DirectBackend first(route, with_script(failure.script));
  DirectBackend second(route, receiver::ReceiverOptions{});
  const TemporaryFile authorities(first.receiver().ca_certificate_pem() +
                                  second.receiver().ca_certificate_pem());
  Options options;
  options.exporter = first.exporter();
  options.exporter.timeout = failure.timeout;
  options.exporter.requests_in_flight_max = 1;
  options.exporter.more_endpoints = {{.url = second.exporter().endpoint}};
  if (route != Route::http1_plain) options.exporter.ca_certificate_file = authorities.path();
  options.batch = {.delay_max = 1h, .spans_max = kBatch};
  options.log_handler = nullptr;
  TracerProvider provider = make_provider(std::move(options));
  Tracer tracer = provider.get_tracer("fault");
  for (uint64_t i = 0; i < kSpans; ++i) tracer.start_span("operation").end();
  EXPECT_TRUE(provider.force_flush(1h));
  EXPECT_TRUE(provider.shutdown(1h));
  first.receiver().stop();
  second.receiver().stop();

  const Stats stats = provider.stats();
  expect_balance(stats);
  EXPECT_EQ(stats.exported, kSpans);
  EXPECT_EQ(stats.endpoints[0].exported, 0u);
  EXPECT_GT(stats.endpoints[0].failures, 0u);
  EXPECT_FALSE(stats.endpoints[0].healthy);
  EXPECT_EQ(stats.endpoints[1].exported, kSpans);
  EXPECT_EQ(second.receiver().counts().unique_spans, kSpans);
  const receiver::Counts at_first = first.receiver().counts();
  EXPECT_EQ(at_first.spans, at_first.unconfirmed_spans) << "it has said yes to nothing";
}

TEST_P(FirstFails, every_span_arrives_at_the_second) {
  for (const Route route : kRoutes) {
    SCOPED_TRACE(to_text(route));
    run(GetParam(), route);
  }
}

INSTANTIATE_TEST_SUITE_P(Failures, FirstFails, testing::ValuesIn(kFailures),
                         [](const testing::TestParamInfo<Failure>& test) {
                           return std::string(test.param.name);
                         });

}  // namespace
}  // namespace cero::test
