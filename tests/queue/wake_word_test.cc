// Goal: a wake ends the sleep it is meant for, and is not lost when it comes before the sleep.
// Method: sleeps of an hour that must end at once; threads that wait for each other.
#include "queue/wake_word.h"

#include <gtest/gtest.h>

#include <thread>

namespace cero::core {
namespace {

constexpr std::chrono::hours kFarTooLong{1};

TEST(WakeWord, does_not_sleep_when_woken_after_it_prepared) {
  WakeWord word;
  word.prepare_to_sleep();
  word.wake_for_work();
  word.sleep(kFarTooLong);
  word.prepare_to_sleep();
  word.wake();
  word.sleep(kFarTooLong);
  word.prepare_to_block();
  word.wake();
  word.sleep(kFarTooLong);
  word.prepare_to_block();
  word.wake_for_body();
  word.sleep(kFarTooLong);
}

TEST(WakeWord, sleeps_its_time_although_a_body_that_it_has_no_use_for_comes_free) {
  constexpr std::chrono::milliseconds kTime{5};
  WakeWord word;
  const auto begin = std::chrono::steady_clock::now();
  word.prepare_to_sleep();
  word.wake_for_body();
  word.sleep(kTime);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, kTime);
}

TEST(WakeWord, sleeps_its_time_when_blocked_although_there_is_work) {
  constexpr std::chrono::milliseconds kTime{5};
  WakeWord word;
  const auto begin = std::chrono::steady_clock::now();
  word.prepare_to_block();
  word.wake_for_work();
  word.sleep(kTime);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, kTime);
}

TEST(WakeWord, ignores_a_wake_from_before_it_prepared) {
  constexpr std::chrono::milliseconds kTime{5};
  WakeWord word;
  word.wake();
  word.prepare_to_sleep();
  word.stay_awake();
  const auto begin = std::chrono::steady_clock::now();
  word.prepare_to_sleep();
  word.sleep(kTime);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, kTime);
}

TEST(WakeWord, loses_no_wake_between_two_threads) {
  constexpr uint64_t kRounds = 20'000;
  WakeWord word;
  std::atomic<uint64_t> made{0};
  std::atomic<uint64_t> seen{0};
  std::thread sleeper([&] {
    while (seen.load() < kRounds) {
      word.prepare_to_sleep();
      const uint64_t now = made.load();
      if (now == seen.load()) {
        word.sleep(kFarTooLong);
      } else {
        word.stay_awake();
        seen.store(now);
      }
    }
  });
  for (uint64_t round = 1; round <= kRounds; ++round) {
    made.store(round, std::memory_order_relaxed);
    word.wake_for_work();
    if (round % 64 == 0) {
      while (seen.load() != round) std::this_thread::yield();
    }
  }
  sleeper.join();
}

}  // namespace
}  // namespace cero::core
