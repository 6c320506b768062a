// Goal: whichever request for memory fails, the host lives on, the ledger balances, and what was
// lost was lost for want of memory. Method: the n-th malloc() fails, for n from 1 until none is
// left to fail, in create(), in each background thread and in every call of the user; then the
// provider must still deliver.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include "pipeline/lifecycle_harness.h"
#include "support/malloc_failure.h"

namespace cero::test {
namespace {

using namespace std::chrono_literals;

constexpr int kSpans = 5;

class Shortage : public testing::TestWithParam<Route> {
 protected:
  Options options() const {
    Options options;
    options.exporter = backend_.exporter();
    options.exporter.headers = {{"x-key", "value"}};
    options.exporter.more_endpoints = {{backend_.exporter().endpoint, {{"x-key", "other"}}}};
    options.exporter.retry_delay_initial = 1ms;
    options.exporter.retry_delay_max = 2ms;
    options.exporter.timeout = 300ms;  // what libcurl forgets for want of memory must not take long
    options.batch.delay_max = 1h;
    options.log_handler = [](Severity, std::string_view) {};  // lines are made, and read by nobody
    return options;
  }

  // Nothing but memory is a reason, and everything has found its place.
  static void expect_only_memory_was_lost(const Stats& stats, uint64_t n) {
    EXPECT_EQ(stats.recorded,
              stats.exported + stats.rejected + stats.dropped.total() + stats.in_flight)
        << n;
    EXPECT_EQ(stats.in_flight, 0u) << n;
    EXPECT_EQ(stats.dropped.total(), stats.dropped.no_memory) << n;
  }

  static void expect_delivery(TracerProvider& provider, uint64_t n) {
    const uint64_t before = provider.stats().exported;
    end_spans(provider.get_tracer("after"), kSpans);
    EXPECT_TRUE(provider.force_flush(1min)) << n;
    EXPECT_EQ(provider.stats().exported, before + kSpans) << n;
  }

  // Fails one request for memory of a thread after the other, each in a provider of its own.
  void fail_each_of(const char* thread) {
    bool happened = true;
    for (uint64_t n = 0; happened; ++n) {
      TracerProvider provider = make_provider(options());
      {
        const MallocFailure failure(thread, n);
        for (const char* scope : {"a", "b", "c"}) end_spans(provider.get_tracer(scope), kSpans);
        static_cast<void>(provider.force_flush(1min));
        happened = failure.happened();
      }
      expect_only_memory_was_lost(provider.stats(), n);
      expect_delivery(provider, n);
      ASSERT_LT(n, 10'000u);
    }
  }

  // Fails the next requests for memory of a thread.
  void fail_several_of(const char* thread) {
    for (const uint64_t failures : {3u, 30u, 300u}) {
      TracerProvider provider = make_provider(options());
      {
        const MallocFailure failure(thread, 0, failures);
        end_spans(provider.get_tracer("a"), kSpans);
        static_cast<void>(provider.force_flush(1min));
      }
      EXPECT_TRUE(provider.force_flush(1min));
      expect_only_memory_was_lost(provider.stats(), failures);
      expect_delivery(provider, failures);
    }
  }

  const DirectBackend backend_{GetParam()};
};

INSTANTIATE_TEST_SUITE_P(Routes, Shortage,
                         testing::Values(Route::http1_plain, Route::http2_tls_gzip),
                         [](const auto& route) { return to_text(route.param); });

TEST_P(Shortage, create_says_so_or_works) {
  const Options wanted = options();
  uint64_t refused = 0;
  bool happened = true;
  for (uint64_t n = 0; happened; ++n) {
    Options copy = wanted;
    std::optional<Result<TracerProvider>> created;
    {
      const MallocFailure failure(nullptr, n);
      created.emplace(TracerProvider::create(std::move(copy)));
      happened = failure.happened();
    }
    if (*created) {
      expect_delivery(**created, n);
      expect_only_memory_was_lost((*created)->stats(), n);
    } else {
      ++refused;
      const ErrorCode code = created->error().code();
      EXPECT_TRUE(code == ErrorCode::out_of_memory || code == ErrorCode::system)
          << created->error().message();
    }
    ASSERT_LT(n, 10'000u);
  }
  EXPECT_GT(refused, 10u);
}

TEST_P(Shortage, the_batch_thread_goes_on) { fail_each_of("cero-batch"); }

// For some n nghttp2 itself does not survive (1.52 under libcurl 7.88, over HTTP/2).
class ExportShortage : public Shortage {};
INSTANTIATE_TEST_SUITE_P(Routes, ExportShortage, testing::Values(Route::http1_plain),
                         [](const auto& route) { return to_text(route.param); });

TEST_P(ExportShortage, the_export_thread_goes_on) { fail_each_of("cero-export"); }

TEST_P(Shortage, that_lasts_in_the_batch_thread_delays_delivery) { fail_several_of("cero-batch"); }

TEST_P(ExportShortage, that_lasts_delays_delivery) { fail_several_of("cero-export"); }

// ---- Calls of the user

void use_everything(TracerProvider& provider, const std::string& scope) {
  Tracer tracer = provider.get_tracer(scope, "1.0", "https://example.com", {{"k", "v"}});
  const PreparedSpan prepared = tracer.prepare("prepared " + scope.substr(0, 1), {});
  {
    Span span = tracer.start_span("large");
    for (int i = 0; i < 40; ++i)
      span.set_attribute("attribute." + std::to_string(i), std::string(200, 'x'));
    span.add_event("event", {{"key", "value"}});
    span.record_exception(std::runtime_error("error"));
    span.set_status(StatusCode::error, std::string(100, 'd'));
  }
  prepared.start().end();
  static_cast<void>(provider.prepare_thread());
  static_cast<void>(provider.force_flush(1min));
  static_cast<void>(provider.stats());
}

TEST_P(Shortage, calls_of_the_user_never_fail_the_host) {
  bool happened = true;
  for (uint64_t n = 0; happened; ++n) {
    TracerProvider provider = make_provider(options());
    const std::string scope = "scope " + std::to_string(n);
    try {
      const MallocFailure failure(nullptr, n);
      use_everything(provider, scope);
      happened = failure.happened();
    } catch (const std::bad_alloc&) {  // of a string that this test makes
    }
    static_cast<void>(provider.force_flush(1min));
    expect_only_memory_was_lost(provider.stats(), n);
    expect_delivery(provider, n);
    {
      const MallocFailure failure(nullptr, n % 10);
      static_cast<void>(provider.shutdown(1min));
    }
    expect_only_memory_was_lost(provider.stats(), n);
    ASSERT_LT(n, 10'000u);
  }
}

// ---- The first provider and span of a process

// In a child, which has loaded everything and used nothing.
bool survives(uint64_t n, const Options& options, bool* happened) {
  const pid_t child = fork();
  if (child == 0) {
    Options copy = options;
    const MallocFailure failure(nullptr, n);
    auto created = TracerProvider::create(std::move(copy));
    if (created) created->get_tracer("t").start_span("s").end();
    _exit(failure.happened() ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  *happened = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  return WIFEXITED(status);
}

TEST(ShortageAtFirst, neither_the_first_provider_nor_the_first_span_fails_the_host) {
  Options options;
  options.exporter.endpoint = "http://127.0.0.1:9";
  options.log_handler = nullptr;
  bool happened = true;
  for (uint64_t n = 0; happened; ++n) {
    EXPECT_TRUE(survives(n, options, &happened)) << n;
    ASSERT_LT(n, 20'000u);
    if (HasFailure()) break;
  }
}

}  // namespace
}  // namespace cero::test
