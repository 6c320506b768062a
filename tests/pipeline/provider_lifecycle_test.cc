// Goal: providers may end, move and be many, on any thread, and leave nothing behind. Method: the
// public API against the in-process receiver.
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <latch>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "pipeline/lifecycle_harness.h"
#include "support/allocation_count.h"

namespace cero::test {
namespace {

using namespace std::chrono_literals;

TEST(ProviderLifecycle, spans_that_end_after_shutdown_are_counted) {
  DirectBackend backend(Route::http1_plain);
  TracerProvider provider = make_provider(options_for(backend));
  Tracer tracer = provider.get_tracer("t");
  Span open = tracer.start_span("open");
  end_spans(tracer, 2);
  EXPECT_TRUE(provider.shutdown());
  EXPECT_EQ(backend.receiver().counts().spans, 2u);
  EXPECT_FALSE(tracer.enabled());
  Span late = tracer.start_span("late", {.parent = open.context()});
  EXPECT_FALSE(late.is_recording());
  EXPECT_EQ(late.context(), open.context());
  open.end();
  const Stats stats = provider.stats();
  EXPECT_EQ(stats.recorded, 3u);
  EXPECT_EQ(stats.exported, 2u);
  EXPECT_EQ(stats.dropped.after_shutdown, 1u);
  EXPECT_EQ(stats.dropped.total(), 1u);
  expect_balance(stats);
  const auto again = provider.shutdown();
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code(), ErrorCode::already_shutdown);
  const auto flushed = provider.force_flush();
  ASSERT_FALSE(flushed);
  EXPECT_EQ(flushed.error().code(), ErrorCode::already_shutdown);
}

TEST(ProviderLifecycle, the_destructor_delivers) {
  DirectBackend backend(Route::http2_tls_gzip);
  {
    TracerProvider provider = make_provider(options_for(backend));
    end_spans(provider.get_tracer("t"), 5);
  }
  EXPECT_EQ(backend.receiver().counts().spans, 5u);
}

TEST(ProviderLifecycle, spans_and_tracers_outlive_their_provider) {
  DirectBackend backend(Route::http1_plain);
  std::optional<TracerProvider> provider(make_provider(options_for(backend)));
  Tracer tracer = provider->get_tracer("t");
  Span open = tracer.start_span("open");
  Span other = tracer.start_span("other");
  provider.reset();
  open.set_attribute("a", std::string(5'000, 'x'));
  open.end();
  EXPECT_TRUE(open.context().valid());
  EXPECT_FALSE(tracer.enabled());

  // The next one takes the place of the first, and has nothing to do with its spans.
  TracerProvider next = make_provider(options_for(backend));
  EXPECT_FALSE(tracer.enabled());
  other.add_event("late");
  other.end();
  end_spans(next.get_tracer("t"), 1);
  EXPECT_TRUE(next.force_flush());
  EXPECT_EQ(next.stats().recorded, 1u);
  EXPECT_EQ(backend.receiver().counts().spans, 1u);
}

TEST(ProviderLifecycle, providers_made_in_a_loop_leave_nothing_behind) {
  Options options;
  options.exporter = refusing_exporter();
  options.exporter.retry_time_max = 0ms;
  options.log_handler = nullptr;
  const auto live_once = [&] {
    TracerProvider provider = make_provider(options);
    end_spans(provider.get_tracer("t"), 3);
    EXPECT_FALSE(provider.shutdown());
    EXPECT_EQ(provider.stats().dropped.retry_expired, 3u);
  };
  for (int i = 0; i < 5; ++i) live_once();
  const size_t files = count_entries("/proc/self/fd");
  const size_t threads = count_entries("/proc/self/task");
  for (int i = 0; i < 200; ++i) live_once();
  EXPECT_TRUE(falls_to(files, "/proc/self/fd"));
  EXPECT_TRUE(falls_to(threads, "/proc/self/task"));
}

// Of the places that all providers share.
constexpr int kMoreThanPlaces = 70;

// Each has a thread that is late, and that has ended when the next one is made.
TEST(ProviderLifecycle, providers_that_are_given_no_time_leave_nothing_behind_either) {
  Options options;
  options.exporter = refusing_exporter();
  options.log_handler = nullptr;
  options.shutdown_timeout = 0ms;
  const size_t threads = count_entries("/proc/self/task");
  for (int i = 0; i < kMoreThanPlaces; ++i) {
    {
      TracerProvider provider = make_provider(options);
      end_spans(provider.get_tracer("t"), 3);
    }
    ASSERT_TRUE(falls_to(threads, "/proc/self/task"));
  }
  // The next one that is made takes the remains of the last away.
  options.shutdown_timeout = 5s;
  make_provider(options);
}

TEST(ProviderLifecycle, a_provider_that_cannot_be_made_leaves_its_place_free) {
  Options options;
  options.exporter = refusing_exporter();
  options.log_handler = nullptr;
  for (int round = 0; round < kMoreThanPlaces; ++round) {
    bool has_failed = true;
    for (uint64_t successes = 0; has_failed; ++successes) {
      Options copy = options;
      fail_allocation_after(successes);
      const auto created = TracerProvider::create(std::move(copy));
      has_failed = !cancel_failing_allocation();
      if (!created) {
        ASSERT_EQ(created.error().code(), ErrorCode::out_of_memory) << created.error().message();
      }
    }
  }
}

TEST(ProviderLifecycle, several_providers_keep_their_spans_apart) {
  DirectBackend first_backend(Route::http1_plain);
  DirectBackend second_backend(Route::http2_tls_gzip);
  TracerProvider first = make_provider(options_for(first_backend));
  TracerProvider second = make_provider(options_for(second_backend));
  Span parent = first.get_tracer("t").start_span("parent");
  Span child = second.get_tracer("t").start_span("child", {.parent = parent.context()});
  EXPECT_EQ(child.context().trace_id(), parent.context().trace_id());
  child.end();
  parent.end();
  end_spans(second.get_tracer("t"), 9);
  EXPECT_TRUE(first.force_flush());
  EXPECT_TRUE(second.force_flush());
  EXPECT_EQ(first_backend.receiver().counts().spans, 1u);
  EXPECT_EQ(second_backend.receiver().counts().spans, 10u);
  expect_balance(first.stats());
  expect_balance(second.stats());
}

TEST(ProviderLifecycle, a_moved_provider_goes_on) {
  DirectBackend backend(Route::http1_plain);
  TracerProvider first = make_provider(options_for(backend));
  Tracer tracer = first.get_tracer("t");
  TracerProvider second = std::move(first);
  end_spans(tracer, 4);
  EXPECT_TRUE(second.force_flush());
  EXPECT_EQ(second.stats().exported, 4u);
}

// ---- Threads

TEST(ProviderLifecycle, a_prepared_thread_records) {
  DirectBackend backend(Route::http1_plain);
  TracerProvider provider = make_provider(options_for(backend));
  std::thread([&] {
    EXPECT_TRUE(provider.prepare_thread());
    EXPECT_TRUE(provider.prepare_thread());
    end_spans(provider.get_tracer("t"), 100);
  }).join();
  EXPECT_TRUE(provider.force_flush());
  EXPECT_EQ(provider.stats().exported, 100u);
}

size_t count_mappings() {
  std::ifstream file("/proc/self/maps");
  size_t count = 0;
  for (std::string line; std::getline(file, line);) ++count;
  return count;
}

// Each takes over a slot, a pool and a ring; else there would be some mappings of each.
TEST(ProviderLifecycle, thousands_of_short_lived_threads_leave_nothing_behind) {
  constexpr int kAtOnce = 8;
  constexpr int kSpansEach = 3;
  DirectBackend backend(Route::http1_plain);
  TracerProvider provider = make_provider(options_for(backend));
  uint64_t threads_run = 0;
  const auto run_threads = [&] {
    std::vector<std::thread> threads;
    for (int i = 0; i < kAtOnce; ++i)
      threads.emplace_back([tracer = provider.get_tracer("t")] { end_spans(tracer, kSpansEach); });
    for (std::thread& thread : threads) thread.join();
    threads_run += kAtOnce;
  };
  for (int i = 0; i < 20; ++i) run_threads();
  const size_t mappings = count_mappings();
  while (threads_run < 4'000) run_threads();
  constexpr size_t kOfOthers = 100;  // malloc's and the threads' own
  EXPECT_LT(count_mappings(), mappings + kOfOthers);
  EXPECT_TRUE(provider.force_flush());
  const Stats stats = provider.stats();
  EXPECT_EQ(stats.recorded, threads_run * kSpansEach);
  EXPECT_EQ(stats.exported, stats.recorded);
}

TEST(ProviderLifecycle, force_flush_ends_under_load) {
  DirectBackend backend(Route::http1_plain);
  Options options = options_for(backend);
  options.batch.delay_max = 1h;  // nothing is sent for its age
  // What a flush waits for is all that is under way: little, so that a slow backend does not
  // matter.
  options.exporter.retry_bytes_max = 1 << 20;
  options.ring_bytes = 256 << 10;
  TracerProvider provider = make_provider(std::move(options));
  std::atomic<bool> stop{false};
  std::atomic<uint64_t> ended{0};
  std::latch started(2);
  const auto load = [&] {
    Tracer tracer = provider.get_tracer("load");
    for (bool first = true; !stop.load(); first = false) {
      tracer.start_span("s").end();
      ended.fetch_add(1);
      if (first) started.count_down();
    }
  };
  std::thread one(load);
  std::thread two(load);
  started.wait();
  for (int i = 0; i < 5; ++i) {
    const uint64_t before = ended.load();
    EXPECT_TRUE(provider.force_flush(1min));
    const Stats stats = provider.stats();
    EXPECT_GE(stats.exported + stats.dropped.ring_full, before);
  }
  stop.store(true);
  one.join();
  two.join();
  EXPECT_TRUE(provider.force_flush());
  const Stats stats = provider.stats();
  EXPECT_EQ(stats.recorded, ended.load());
  EXPECT_EQ(stats.recorded, stats.exported + stats.dropped.ring_full);
  EXPECT_EQ(stats.exported, backend.receiver().counts().unique_spans);
}

}  // namespace
}  // namespace cero::test
