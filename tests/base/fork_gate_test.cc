// Goal: a closed gate has nobody inside, and what was done inside is whole; the gate does not wait
// for ever, and opens again. Method: threads that pass while others close, under TSan too.
#include "base/fork_gate.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <latch>
#include <thread>
#include <vector>

namespace cero::core {
namespace {

class ThreadInside {
 public:
  ThreadInside() { inside_.wait(); }
  void leave() {
    leave_.count_down();
    thread_.join();
  }

 private:
  std::latch inside_{1};
  std::latch leave_{1};
  std::thread thread_{[this] {
    const ForkGate::Pass pass;
    inside_.count_down();
    leave_.wait();
  }};
};

TEST(ForkGate, closes_at_once_with_nobody_inside) {
  EXPECT_TRUE(ForkGate::close());
  EXPECT_TRUE(ForkGate::close()) << "by two forks at a time";
  ForkGate::open();
  ForkGate::open();
  const ForkGate::Pass pass;
}

TEST(ForkGate, does_not_wait_for_ever) {
  ThreadInside thread;
  EXPECT_FALSE(ForkGate::close());
  ForkGate::open();
  thread.leave();
  EXPECT_TRUE(ForkGate::close());
  ForkGate::open();
}

TEST(ForkGate, is_as_new_in_a_child) {
  ThreadInside thread;
  EXPECT_FALSE(ForkGate::close());
  ForkGate::make_anew();
  EXPECT_TRUE(ForkGate::close());
  ForkGate::open();
  thread.leave();
  ForkGate::make_anew();  // its leaving has counted, which in a child nothing does
}

// Each thread changes two plain numbers inside, which are equal whenever it is outside.
TEST(ForkGate, finds_what_was_done_inside_whole) {
  constexpr size_t kThreads = 3;
  constexpr int kCloses = 200;
  struct alignas(64) Pair {
    uint64_t one = 0;
    uint64_t other = 0;
  };
  std::array<Pair, kThreads> pairs;
  std::atomic<bool> done{false};
  std::latch started(kThreads);
  std::vector<std::thread> threads;
  for (Pair& pair : pairs) {
    threads.emplace_back([&] {
      for (bool first = true; !done.load(); first = false) {
        {
          const ForkGate::Pass pass;
          ++pair.one;
          ++pair.other;
        }
        if (first) started.count_down();
      }
    });
  }
  started.wait();
  int closed = 0;
  for (int i = 0; i < kCloses || closed == 0; ++i) {
    if (ForkGate::close()) {  // not where a thread has lost its processor inside
      ++closed;
      for (const Pair& pair : pairs) EXPECT_EQ(pair.one, pair.other);
    }
    ForkGate::open();
  }
  done.store(true);
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace cero::core
