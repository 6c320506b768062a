// Goal: in an outage a provider takes no more memory than memory_max, however long it lasts, and
// what was kept is delivered afterwards. Method: a backend that answers 503 to all while threads
// record many times what fits; the memory of the process is read from the kernel.
#include <gtest/gtest.h>
#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "pipeline/backend.h"

namespace cero::test {
namespace {

constexpr uint64_t kMebi = uint64_t{1} << 20;
constexpr uint64_t kMemoryMax = 40 * kMebi;
constexpr int kThreads = 4;

uint64_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  uint64_t size = 0;
  uint64_t resident = 0;
  file >> size >> resident;
  return resident * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

// Threads that record spans of a kilobyte which no compression makes small.
class Load {
 public:
  explicit Load(TracerProvider& provider) {
    for (uint32_t i = 0; i < kThreads; ++i)
      threads_.emplace_back([this, &provider, i] { record(provider.get_tracer("load"), i); });
  }
  ~Load() {
    stop_.store(true);
    for (std::thread& thread : threads_) thread.join();
  }
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

 private:
  void record(Tracer tracer, uint32_t seed) {
    std::mt19937 random(seed);
    std::string noise(1'000, '\0');
    while (!stop_.load()) {
      for (char& c : noise) c = static_cast<char>('!' + random() % 90);
      tracer.start_span("s").set_attribute("noise", noise);
    }
  }

  std::atomic<bool> stop_{false};
  std::vector<std::thread> threads_;
};

class Outage : public testing::TestWithParam<Compression> {};

TEST_P(Outage, takes_no_more_memory_than_memory_max_and_loses_only_what_did_not_fit) {
  std::atomic<bool> down{true};
  receiver::ReceiverOptions backend_options;
  backend_options.on_request = [&](const receiver::RequestInfo&) -> receiver::Reply {
    return {.status = down.load() ? 503 : 200};
  };
  const auto backend = receiver::Receiver::start(std::move(backend_options));
  ASSERT_TRUE(backend);
  Options options;
  options.exporter.endpoint = (*backend)->urls()[0];
  options.exporter.retry_delay_initial = std::chrono::milliseconds(5);
  options.exporter.retry_delay_max = std::chrono::milliseconds(20);
  options.exporter.compression = GetParam();
  options.exporter.response_bytes_max = 64 << 10;
  options.batch.bytes_max = 256 << 10;
  options.span_bytes_max = 256 << 10;  // ten requests are as large as either
  options.memory_max = kMemoryMax;
  options.log_handler = nullptr;
  malloc_trim(0);
  const uint64_t before = resident_bytes();
  TracerProvider provider = make_provider(std::move(options));
  uint64_t most = 0;
  {
    const Load load(provider);
    // Ten times what fits, after it was full.
    while (provider.stats().dropped.ring_full * 1'000 < 10 * kMemoryMax)
      most = std::max(most, resident_bytes());
  }
  // The receiver and the threads are in it as well.
  EXPECT_LE(most, before + kMemoryMax + 8 * kMebi);
  RecordProperty("kibibytes", static_cast<int>((most - before) >> 10));
  Stats stats = provider.stats();
  EXPECT_GT(stats.in_flight, 20 * kMebi / 1'000) << "the retry queue has what the rings leave idle";
  EXPECT_EQ(stats.dropped.total(), stats.dropped.ring_full) << "overload drops in one place";
  down.store(false);
  EXPECT_TRUE(provider.force_flush(std::chrono::minutes(1)));
  stats = provider.stats();
  expect_balance(stats);
  EXPECT_EQ(stats.dropped.total(), stats.dropped.ring_full);
  EXPECT_EQ(stats.exported, stats.recorded - stats.dropped.ring_full);
  EXPECT_EQ((*backend)->counts().unique_spans, stats.exported);
}

INSTANTIATE_TEST_SUITE_P(Bodies, Outage, testing::Values(Compression::none, Compression::gzip),
                         [](const auto& test) {
                           return test.param == Compression::none ? "plain" : "gzip";
                         });

}  // namespace
}  // namespace cero::test
