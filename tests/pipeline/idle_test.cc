// Goal: who has nothing to do sleeps: cero's threads wake up no more often than spans are due, and
// no span waits longer for it. Method: the public API against the in-process receiver; the kernel
// counts how often a thread gave up its processor, which is also when it waits for a lock.
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include "pipeline/lifecycle_harness.h"

namespace cero::test {
namespace {

using namespace std::chrono_literals;

// Of the library's threads in this process.
uint64_t sleeps_so_far() {
  uint64_t sum = 0;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::string name;
    std::ifstream(task.path() / "comm") >> name;
    if (name != "cero-batch" && name != "cero-export") continue;  // the receiver has threads too
    std::ifstream status(task.path() / "status");
    for (std::string key; status >> key;) {
      uint64_t count = 0;
      if (key == "voluntary_ctxt_switches:" && status >> count) sum += count;
    }
  }
  return sum;
}

class Idle : public testing::Test {
 protected:
  TracerProvider start(std::chrono::milliseconds delay_max) {
    Options options = options_for(backend_);
    options.batch.delay_max = delay_max;
    TracerProvider provider = make_provider(options);
    end_spans(provider.get_tracer("t"), 1);
    EXPECT_TRUE(provider.force_flush(1h));
    return provider;
  }

  DirectBackend backend_{Route::http1_plain};
};

TEST_F(Idle, threads_wake_up_once_a_second) {
  const TracerProvider provider = start(1s);
  std::this_thread::sleep_for(2s);  // they notice that nothing comes
  const uint64_t before = sleeps_so_far();
  std::this_thread::sleep_for(3s);
  EXPECT_LE(sleeps_so_far() - before, 4u);
}

TEST_F(Idle, threads_wake_up_three_times_a_second_at_50_spans_a_second) {
  TracerProvider provider = start(1s);
  const Tracer tracer = provider.get_tracer("t");
  const auto run = [&](int seconds) {
    for (int i = 0; i < 50 * seconds; ++i) {
      end_spans(tracer, 1);
      std::this_thread::sleep_for(20ms);
    }
  };
  run(2);
  const uint64_t before = sleeps_so_far();
  run(4);
  EXPECT_LE(sleeps_so_far() - before, 14u);
}

// A thread that looked once a second would need 20 s.
TEST_F(Idle, span_is_sent_before_it_is_delay_max_old) {
  TracerProvider provider = start(20ms);
  const Tracer tracer = provider.get_tracer("t");
  std::this_thread::sleep_for(2s);
  const auto begin = std::chrono::steady_clock::now();
  for (uint64_t sent = 2; sent <= 21; ++sent) {
    end_spans(tracer, 1);
    while (provider.stats().exported < sent) std::this_thread::sleep_for(1ms);
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 10s);
}

}  // namespace
}  // namespace cero::test
