// Goal: a backend that refuses some batches for ever, always the same ones, gets all others, and
// the refused ones end as retry_expired. Method: a receiver that looks for a name in each request;
// good spans go on until the clocks of the refused ones are over.
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "fault/ledger_check.h"
#include "pipeline/backend.h"

namespace cero::test {
namespace {

using namespace std::chrono_literals;

constexpr uint64_t kBatch = 20;

class RefusedBatches : public testing::TestWithParam<Route> {};

receiver::Reply refuse_bad_ones(const receiver::RequestInfo& request) {
  const bool bad = request.body.find("bad operation") != std::string_view::npos;
  return {.status = bad ? 503 : 200};
}

TEST_P(RefusedBatches, cost_no_other_span) {
  constexpr uint64_t kBadBatches = 20;
  DirectBackend backend(GetParam(), refuse_bad_ones);
  Options options;
  options.exporter = backend.exporter();
  options.exporter.retry_time_max = 50ms;
  options.batch = {.delay_max = 1h, .spans_max = kBatch};
  options.log_handler = nullptr;
  TracerProvider provider = make_provider(std::move(options));
  Tracer tracer = provider.get_tracer("fault");
  uint64_t ended = 0;
  const auto end_batch = [&](const char* name) {
    for (uint64_t i = 0; i < kBatch; ++i, ++ended) tracer.start_span(name).end();
    static_cast<void>(provider.force_flush(5ms));
  };
  // More in a row than make an outage, at the head of all.
  for (uint64_t i = 0; i < kBadBatches; ++i) end_batch("bad operation");
  while (provider.stats().dropped.retry_expired < kBadBatches * kBatch) end_batch("operation");
  EXPECT_TRUE(provider.shutdown(1h)) << "nothing that was refused is left";
  const Stats stats = provider.stats();
  EXPECT_EQ(stats.dropped.retry_expired, kBadBatches * kBatch);
  EXPECT_EQ(stats.exported, ended - kBadBatches * kBatch);
  backend.receiver().stop();
  EXPECT_EQ(ledger_faults(stats, backend.receiver().counts(), ended, 0), "");
}

INSTANTIATE_TEST_SUITE_P(Routes, RefusedBatches,
                         testing::Values(Route::http1_plain, Route::http2_tls_gzip,
                                         Route::grpc_tls_gzip),
                         [](const auto& test) { return to_text(test.param); });

}  // namespace
}  // namespace cero::test
