// Goal: while default providers are set, replaced, unset and destroyed, tracers that follow them
// record each span with one provider or none, whole and counted once. Method: threads that record
// with tracers and prepared spans from before and from meanwhile; the spans that said that they
// were recording against the sum of the ledgers.
#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <random>
#include <thread>
#include <vector>

#include "cero/cero.h"
#include "support/seed.h"
#include "trace/provider_to_nobody.h"

namespace cero::test {
namespace {

constexpr int kThreads = 3;

// Spans that were recording at their start.
class Recorders {
 public:
  Recorders() {
    for (int i = 0; i < kThreads; ++i) threads_.emplace_back([this] { run(); });
  }
  ~Recorders() { stop(); }
  Recorders(const Recorders&) = delete;
  Recorders& operator=(const Recorders&) = delete;

  void stop() {
    done_.store(true);
    for (std::thread& thread : threads_) {
      if (thread.joinable()) thread.join();
    }
  }
  uint64_t recorded() const { return recorded_.load(); }

 private:
  void end(Span span) {
    if (span.is_recording()) ++recorded_;
    span.set_attribute("key", "value");
    span.end();
  }
  void run() {
    while (!done_.load()) {
      const Tracer now = get_tracer("now");
      const PreparedSpan prepared_now = now.prepare("prepared", {.attributes = {{"k", 2}}});
      for (int i = 0; i < 50; ++i) {
        end(early_.start_span("plain"));
        end(early_.start_span("with options", {.attributes = {{"k", 1}}}));
        end(prepared_.start());
        end(now.start_span("plain"));
        end(prepared_now.start());
        static_cast<void>(early_.enabled());
      }
      std::this_thread::yield();
    }
  }

  const Tracer early_ = get_tracer("early");
  const PreparedSpan prepared_ = early_.prepare("prepared", {.attributes = {{"k", 1}}});
  std::atomic<bool> done_{false};
  std::atomic<uint64_t> recorded_{0};
  std::vector<std::thread> threads_;
};

TEST(DefaultProviderStress, each_span_is_counted_by_one_provider) {
  std::vector<TracerProvider> providers;
  for (int i = 0; i < 3; ++i) providers.push_back(make_provider_to_nobody());
  std::minstd_rand random(static_cast<uint32_t>(test_seed()));
  uint64_t recorded = 0;
  {
    Recorders recorders;
    for (int i = 0; i < 300; ++i) {
      const size_t next = random() % (providers.size() + 1);
      set_default_provider(next == providers.size() ? nullptr : &providers[next]);
      std::this_thread::yield();
    }
    set_default_provider(&providers[0]);
    while (recorders.recorded() == 0) std::this_thread::yield();
    recorders.stop();
    recorded = recorders.recorded();
  }
  set_default_provider(nullptr);
  uint64_t counted = 0;
  for (const TracerProvider& provider : providers) counted += provider.stats().recorded;
  EXPECT_EQ(counted, recorded);
}

TEST(DefaultProviderStress, providers_may_come_and_go) {
  Recorders recorders;
  for (int i = 0; i < 100; ++i) {
    std::optional<TracerProvider> provider(make_provider_to_nobody());
    set_default_provider(&*provider);
    const uint64_t before = recorders.recorded();
    while (recorders.recorded() == before) std::this_thread::yield();
    if (i % 3 == 0) set_default_provider(nullptr);
    if (i % 3 == 1) *provider = make_provider_to_nobody();
    EXPECT_EQ(get_tracer("t").enabled(), i % 3 != 0);
    provider.reset();
    EXPECT_FALSE(get_tracer("t").enabled());
  }
}

}  // namespace
}  // namespace cero::test
