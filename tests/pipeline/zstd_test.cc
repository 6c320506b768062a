// Goal: zstd carries spans to a backend that takes it, and loses none at one that does not.
// Method: the public API against the in-process receiver, which as a strict backend answers 415.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "compress/zstd_compressor.h"
#include "pipeline/backend.h"

namespace cero::test {
namespace {

class Zstd : public testing::TestWithParam<Route> {
 protected:
  void SetUp() override {
    if (!core::has_zstd()) GTEST_SKIP() << "built without libzstd";
  }

  static Options options_for(const Backend& backend) {
    Options options;
    options.exporter = backend.exporter();
    options.exporter.compression = Compression::zstd;
    options.batch.spans_max = 100;
    return options;
  }
  static void deliver(TracerProvider& provider, int spans) {
    for (int i = 0; i < spans; ++i) provider.get_tracer("t").start_span("s").end();
    ASSERT_TRUE(provider.force_flush(std::chrono::hours(1)));
  }
  static size_t count_encoding(const std::vector<receiver::ReceivedRequest>& requests,
                               std::string_view encoding) {
    return static_cast<size_t>(
        std::count_if(requests.begin(), requests.end(), [&](const auto& received) {
          return receiver::header_value(received.request.headers, "content-encoding") == encoding;
        }));
  }
};

INSTANTIATE_TEST_SUITE_P(Routes, Zstd, testing::Values(Route::http1_plain, Route::http2_tls_gzip),
                         [](const auto& route) {
                           return route.param == Route::http1_plain ? "http1" : "http2_tls";
                         });

TEST_P(Zstd, delivers) {
  Backend backend(GetParam());
  TracerProvider provider = make_provider(options_for(backend));
  deliver(provider, 1'000);
  const Stats stats = provider.stats();
  EXPECT_EQ(stats.exported, 1'000u);
  EXPECT_LT(stats.bytes_wire, stats.bytes_encoded);
  expect_balance(stats);
  EXPECT_EQ(backend.receiver().counts().unique_spans, 1'000u);
  const auto requests = backend.receiver().take_requests();
  EXPECT_EQ(count_encoding(requests, "zstd"), requests.size());
}

TEST_P(Zstd, goes_over_to_gzip_where_it_is_refused) {
  Backend backend(GetParam(), [](const receiver::RequestInfo& info) -> receiver::Reply {
    const bool zstd = receiver::header_value(info.request.headers, "content-encoding") == "zstd";
    return zstd ? receiver::error_reply(415, "content-encoding must be gzip") : receiver::Reply{};
  });
  std::vector<std::string> lines;
  Options options = options_for(backend);
  options.log_handler = [&](Severity, std::string_view line) { lines.emplace_back(line); };
  TracerProvider provider = make_provider(std::move(options));
  deliver(provider, 1'000);
  backend.receiver().take_requests();
  deliver(provider, 1'000);
  const Stats stats = provider.stats();
  EXPECT_EQ(stats.exported, 2'000u);
  EXPECT_EQ(stats.dropped.total(), 0u);
  expect_balance(stats);
  EXPECT_EQ(backend.receiver().counts().spans, 2'000u) << "each span was accepted once";
  const auto requests = backend.receiver().take_requests();
  EXPECT_GT(requests.size(), 0u);
  EXPECT_EQ(count_encoding(requests, "zstd"), 0u) << "the endpoint is remembered";
  ASSERT_TRUE(provider.shutdown(std::chrono::hours(1)));
  EXPECT_EQ(lines.size(), 1u);
}

}  // namespace
}  // namespace cero::test
