// Goal: with two backends every span reaches one of them, whichever is down, each sees only what is
// meant for it, and a backend that takes small requests alone gets them. Method: the public API
// against two receivers in this process, over every route.
#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "pipeline/backend.h"

namespace cero::test {
namespace {

using receiver::Reply;
using receiver::RequestHandler;
using receiver::RequestInfo;

class SeveralEndpoints : public testing::TestWithParam<Route> {
 protected:
  void start(RequestHandler on_first_request, RequestHandler on_second_request = {}) {
    first_.emplace(GetParam(), std::move(on_first_request));
    second_.emplace(GetParam(), std::move(on_second_request));
    trust_both_.emplace(first_->receiver().ca_certificate_pem() +
                        second_->receiver().ca_certificate_pem());
  }

  Options options() const {
    Options options;
    options.exporter = first_->exporter();
    options.exporter.headers = {{"x-key", "secret-of-first"}};
    options.exporter.more_endpoints = {
        {.url = second_->exporter().endpoint, .headers = {{"x-key", "secret-of-second"}}}};
    if (GetParam() != Route::http1_plain)
      options.exporter.ca_certificate_file = trust_both_->path();
    options.log_handler = nullptr;
    return options;
  }

  static void end_spans(TracerProvider& provider, int count) {
    for (int i = 0; i < count; ++i) provider.get_tracer("t").start_span("s").end();
    EXPECT_TRUE(provider.force_flush(std::chrono::hours(1)));
  }

  receiver::Receiver& first() { return first_->receiver(); }
  receiver::Receiver& second() { return second_->receiver(); }

 private:
  std::optional<DirectBackend> first_;
  std::optional<DirectBackend> second_;
  std::optional<TemporaryFile> trust_both_;
};

INSTANTIATE_TEST_SUITE_P(Routes, SeveralEndpoints,
                         testing::Values(Route::http1_plain, Route::http2_tls_gzip,
                                         Route::grpc_tls_gzip),
                         [](const auto& route) { return to_text(route.param); });

TEST_P(SeveralEndpoints, failover_uses_the_second_while_the_first_is_down_and_returns) {
  std::atomic<bool> down{true};
  start([&](const RequestInfo&) -> Reply { return {.status = down.load() ? 503 : 200}; });
  TracerProvider provider = make_provider(options());
  end_spans(provider, 10);
  EXPECT_EQ(second().counts().spans, 10u);
  EXPECT_FALSE(provider.stats().endpoints[0].healthy);
  down.store(false);
  uint64_t spans = 10;
  while (first().counts().spans == 0) {  // until it is probed
    end_spans(provider, 1);
    ++spans;
  }
  EXPECT_TRUE(provider.stats().endpoints[0].healthy);
  const uint64_t at_second = second().counts().spans;
  end_spans(provider, 10);
  EXPECT_EQ(second().counts().spans, at_second) << "all traffic has returned";
  const Stats stats = provider.stats();
  expect_balance(stats);
  EXPECT_EQ(stats.exported, spans + 10);
  EXPECT_EQ(first().counts().unique_spans + second().counts().unique_spans, spans + 10);
  EXPECT_EQ(stats.endpoints[0].exported, first().counts().spans);
  EXPECT_EQ(stats.endpoints[1].exported, second().counts().spans);
}

TEST_P(SeveralEndpoints, failover_survives_a_backend_that_is_gone) {
  start({});
  first().stop();
  TracerProvider provider = make_provider(options());
  end_spans(provider, 10);
  end_spans(provider, 10);
  EXPECT_EQ(second().counts().unique_spans, 20u);
  EXPECT_EQ(provider.stats().exported, 20u);
}

TEST_P(SeveralEndpoints, round_robin_uses_both) {
  start({});
  Options both = options();
  both.exporter.endpoint_policy = EndpointPolicy::round_robin;
  both.batch = {.delay_max = std::chrono::hours(1), .spans_max = 10};
  TracerProvider provider = make_provider(std::move(both));
  for (int i = 0; i < 10; ++i) end_spans(provider, 10);
  EXPECT_EQ(first().counts().spans, 50u);
  EXPECT_EQ(second().counts().spans, 50u);
  EXPECT_EQ(provider.stats().exported, 100u);
}

TEST_P(SeveralEndpoints, each_sees_its_own_headers_alone) {
  start([](const RequestInfo&) -> Reply { return {.status = 503}; });
  TracerProvider provider = make_provider(options());
  end_spans(provider, 1);
  const auto at_first = first().take_requests();
  const auto at_second = second().take_requests();
  ASSERT_FALSE(at_first.empty());
  ASSERT_EQ(at_second.size(), 1u);
  EXPECT_EQ(receiver::header_value(at_first[0].request.headers, "x-key"), "secret-of-first");
  EXPECT_EQ(receiver::header_value(at_second[0].request.headers, "x-key"), "secret-of-second");
}

TEST_P(SeveralEndpoints, the_log_shows_no_key_of_any_of_them) {
  start(
      [](const RequestInfo&) -> Reply { return {.status = 503, .error = "key secret-of-first"}; },
      [](const RequestInfo&) -> Reply { return {.status = 400, .error = "key secret-of-second"}; });
  std::string lines;
  Options told = options();
  told.log_handler = [&](Severity, std::string_view line) { lines.append(line).append("\n"); };
  TracerProvider provider = make_provider(std::move(told));
  provider.get_tracer("t").start_span("s").end();
  EXPECT_FALSE(provider.force_flush(std::chrono::hours(1)));
  EXPECT_TRUE(provider.shutdown());
  EXPECT_NE(lines.find("backend 2"), std::string::npos) << lines;
  EXPECT_EQ(lines.find("secret-of"), std::string::npos) << lines;
}

TEST_P(SeveralEndpoints, requests_that_are_too_large_arrive_in_parts) {
  constexpr uint64_t kSpansMax = 20;
  start([](const RequestInfo& request) -> Reply {
    if (request.span_count <= kSpansMax) return {};
    return {.status = 413,
            .grpc = receiver::GrpcStatus{
                .code = 8, .message = "grpc: received message larger than max (9 vs. 4)"}};
  });
  TracerProvider provider = make_provider(options());
  end_spans(provider, 1'000);
  EXPECT_EQ(first().counts().unique_spans, 1'000u);
  EXPECT_EQ(second().counts().requests, 0u) << "it would say the same";
  expect_balance(provider.stats());
  EXPECT_EQ(provider.stats().exported, 1'000u);
}

}  // namespace
}  // namespace cero::test
