// Goal: wherever the threads of a process are when it forks (recording, taking their first slot,
// exiting, making tracers, inside of libcurl and OpenSSL), the child records and delivers, hangs
// nowhere, and no span is lost, doubled or shares an id. Method: forks from two threads at once
// under such a load, children that flush and report, the receiver's counts held against all
// ledgers. What hangs is seen as the test's timeout.
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "cero/prepared_span.h"
#include "pipeline/lifecycle_harness.h"
#include "support/forked_child.h"

namespace cero::test {
namespace {

using namespace std::chrono_literals;

// Each costs a sanitizer ten times as much.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int kForksAThread = 10;
#else
constexpr int kForksAThread = 60;
#endif
constexpr int kForkingThreads = 2;
constexpr int kSpansAThread = 30;  // of a child

class LoadedParent {
 public:
  explicit LoadedParent(Route route) : backend_(route), provider_(make_provider(options())) {
    using Load = void (LoadedParent::*)();
    for (const Load load : {Load{&LoadedParent::record}, Load{&LoadedParent::come_and_go},
                            Load{&LoadedParent::make_tracers}})
      loads_.emplace_back([this, load] {
        while (!done_.load()) (this->*load)();
      });
  }
  ~LoadedParent() { end_loads(); }
  LoadedParent(const LoadedParent&) = delete;
  LoadedParent& operator=(const LoadedParent&) = delete;

  void fork_children() {
    for (int i = 0; i < kForksAThread; ++i) {
      ForkedChild child([this] { return run_child(); });
      end_spans(tracer_, 1);
      ++ended_;
      EXPECT_EQ(child.wait(), "");
      ended_in_children_ += 2 * kSpansAThread + 1;
    }
  }

  void expect_all_arrived() {
    end_loads();
    EXPECT_TRUE(provider_.force_flush(1min));
    const Stats stats = provider_.stats();
    expect_balance(stats);
    EXPECT_EQ(stats.recorded, ended_.load());
    EXPECT_EQ(stats.exported + stats.dropped.ring_full, ended_.load());
    const receiver::Counts counts = backend_.receiver().counts();
    EXPECT_EQ(counts.spans, stats.exported + ended_in_children_.load());
    EXPECT_EQ(counts.unique_spans, counts.spans);
  }

 private:
  Options options() const {
    Options options = options_for(backend_);
    options.batch.delay_max = 1ms;  // so that the export thread is inside libcurl much of the time
    return options;
  }

  // "" if all went well.
  std::string run_child() {
    std::thread other([this] { end_spans(provider_.get_tracer("of a child"), kSpansAThread); });
    end_spans(tracer_, kSpansAThread);
    other.join();
    prepared_.start().end();
    if (const auto flushed = provider_.force_flush(1min); !flushed)
      return flushed.error().message();
    const Stats stats = provider_.stats();
    const bool all = stats.recorded == 2 * kSpansAThread + 1 && stats.exported == stats.recorded;
    return all ? "" : std::to_string(stats.exported) + " of " + std::to_string(stats.recorded);
  }

  void record() {
    end_spans(tracer_, 20);
    ended_ += 20;
    std::this_thread::yield();
  }
  void come_and_go() {
    std::thread([this] { end_spans(tracer_, 2); }).join();
    ended_ += 2;
  }
  void make_tracers() {
    const std::string name = "scope " + std::to_string(scopes_++ % 2000);
    Tracer tracer = provider_.get_tracer(name);
    static_cast<void>(tracer.prepare(name));
    std::this_thread::yield();
  }
  void end_loads() {
    done_.store(true);
    for (std::thread& load : loads_) load.join();
    loads_.clear();
  }

  DirectBackend backend_;
  TracerProvider provider_;
  const Tracer tracer_ = provider_.get_tracer("t");
  const PreparedSpan prepared_ = tracer_.prepare("prepared");
  std::atomic<uint64_t> ended_{0};
  std::atomic<uint64_t> ended_in_children_{0};
  uint64_t scopes_ = 0;  // of the one thread that makes them
  std::atomic<bool> done_{false};
  std::vector<std::thread> loads_;
};

void fork_under_load(Route route) {
  LoadedParent parent(route);
  std::vector<std::thread> forking;
  for (int i = 0; i < kForkingThreads; ++i) forking.emplace_back([&] { parent.fork_children(); });
  for (std::thread& thread : forking) thread.join();
  parent.expect_all_arrived();
}

TEST(ForkStress, children_of_a_loaded_parent_deliver_in_the_clear) {
  fork_under_load(Route::http1_plain);
}

TEST(ForkStress, children_of_a_loaded_parent_deliver_over_tls) {
  fork_under_load(Route::http2_tls_gzip);
}

}  // namespace
}  // namespace cero::test
