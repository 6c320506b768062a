// Goal: a fork while another thread is in the process's first create(), get_tracer() or
// start_span() makes a child that creates a provider of its own and exports. Method: processes in
// which nothing of cero has run, which the test itself is and forks; libcurl's setup made slow,
// statics counted at the compiler's guards, and forks at many moments. A child that hangs is ended
// by its alarm.
#include <cxxabi.h>
#include <dlfcn.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <thread>

#include "pipeline/fork_harness.h"

namespace cero::test {
namespace {

std::atomic<bool> setup_is_slow{false};
std::atomic_flag setup_lock;  // as libcurl has one, which a child finds as it was
std::atomic<bool> inside_setup{false};
std::atomic<bool> guards_count{false};
std::atomic<int> guarded_statics{0};

}  // namespace
}  // namespace cero::test

// In the place of libcurl's and of the C++ library's.
extern "C" {
int curl_global_init(long flags);

int curl_global_init(long flags) {
  using namespace cero::test;
  while (setup_lock.test_and_set()) std::this_thread::yield();
  if (setup_is_slow.exchange(false)) {
    inside_setup.store(true);
    inside_setup.notify_all();
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
  const auto next = reinterpret_cast<int (*)(long)>(dlsym(RTLD_NEXT, "curl_global_init"));
  const int result = next(flags);
  setup_lock.clear();
  return result;
}

// NOLINTNEXTLINE(readability-identifier-naming)
int __cxa_guard_acquire(abi::__guard* guard) {
  const auto next =
      reinterpret_cast<int (*)(abi::__guard*)>(dlsym(RTLD_NEXT, "__cxa_guard_acquire"));
  const int is_first = next(guard);
  if (is_first != 0 && cero::test::guards_count.load()) ++cero::test::guarded_statics;
  return is_first;
}
}

namespace cero::test {
namespace {

constexpr unsigned kHangs = 20;  // s

std::string export_from_a_new_provider(const Options& options) {
  alarm(kHangs);
  TracerProvider provider = make_provider(options);
  end_spans(provider.get_tracer("child"), 3);
  return flush(provider);
}

TEST(FirstFork, waits_for_the_setup_of_libcurl) {
  DirectBackend backend(Route::http1_plain);
  const Options options = options_that_wait(backend);
  ForkedChild fresh([&] {
    setup_is_slow.store(true);
    std::thread first([&] { make_provider(options); });
    inside_setup.wait(false);
    ForkedChild child([&] { return export_from_a_new_provider(options); });
    first.join();
    return child.wait();
  });
  EXPECT_EQ(fresh.wait(), all_exported(3));
}

TEST(FirstFork, finds_no_static_that_is_being_initialised) {
  DirectBackend backend(Route::http1_plain);
  const Options options = options_that_wait(backend);
  ForkedChild fresh([&] {
    Options own = options;
    guards_count.store(true);
    auto made = TracerProvider::create(std::move(own));
    if (!made) return made.error().message();
    if (!made->prepare_thread()) return std::string("prepare_thread failed");
    const Tracer tracer = made->get_tracer("t", "1", "u", {{"key", "value"}});
    const PreparedSpan prepared = tracer.prepare("prepared", {.attributes = {{"key", "value"}}});
    prepared.start().end();
    tracer.start_span("span").end();
    const bool flushed = bool(made->force_flush()) && made->stats().exported == 2;
    guards_count.store(false);
    return std::to_string(guarded_statics.load()) + (flushed ? " statics" : " and not exported");
  });
  EXPECT_EQ(fresh.wait(), "0 statics");
}

TEST(FirstFork, of_the_console_finds_no_static_that_is_being_initialised) {
  ForkedChild fresh([&] {
    Options options;
    options.exporter.kind = ExporterKind::console;
    guards_count.store(true);
    auto made = TracerProvider::create(std::move(options));
    guards_count.store(false);
    return made ? std::to_string(guarded_statics.load()) : made.error().message();
  });
  EXPECT_EQ(fresh.wait(), "0");
}

// Recorded by the first thread of a fresh process, while it is forked again and again.
std::string fork_meanwhile(const Options& options, int start_of_pause) {
  std::atomic<bool> begun{false};
  std::thread first([&] {
    begun.store(true);
    TracerProvider provider = make_provider(options);
    end_spans(provider.get_tracer("first"), 3);
  });
  while (!begun.load()) {
  }
  std::string wrong;
  for (int i = 0; i < 4; ++i) {
    for (volatile int pause = start_of_pause; pause > 0;) pause = pause - 1;
    ForkedChild child([&] { return export_from_a_new_provider(options); });
    if (const std::string said = child.wait(); said != all_exported(3)) wrong += said + "; ";
  }
  first.join();
  return wrong;
}

TEST(FirstFork, at_any_moment_makes_a_child_that_exports) {
  DirectBackend backend(Route::http1_plain);
  const Options options = options_that_wait(backend);
  for (int i = 0; i < 25 && !HasFailure(); ++i) {
    ForkedChild fresh([&] { return fork_meanwhile(options, i * 20'000); });
    EXPECT_EQ(fresh.wait(), "") << "round " << i;
  }
}

}  // namespace
}  // namespace cero::test
