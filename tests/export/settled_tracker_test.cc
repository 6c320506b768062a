// Goal: a watch ends when, and only when, all batches up to its number are settled, and tells of
// losses among them. Method: outcomes with a deadline in the past first; then with a thread that
// settles while another waits.
#include "export/settled_tracker.h"

#include <gtest/gtest.h>

#include <thread>

namespace cero::core {
namespace {

constexpr TimePoint kPast{};
constexpr TimePoint kNever = TimePoint::max();

TEST(SettledTracker, has_settled_number_zero_from_the_start) {
  SettledTracker tracker;
  EXPECT_EQ(SettledTracker::Watch(tracker).wait(0, kPast), FlushOutcome::delivered);
  EXPECT_EQ(SettledTracker::Watch(tracker).wait(1, kPast), FlushOutcome::deadline_exceeded);
}

TEST(SettledTracker, tells_a_watch_of_losses_since_it_was_made) {
  SettledTracker tracker;
  tracker.settled(1, /*lost=*/true, 1);
  SettledTracker::Watch watch(tracker);
  tracker.settled(2, /*lost=*/false, 2);
  EXPECT_EQ(watch.wait(2, kPast), FlushOutcome::delivered);
  tracker.settled(3, /*lost=*/true, 3);
  EXPECT_EQ(watch.wait(2, kPast), FlushOutcome::delivered);
  EXPECT_EQ(watch.wait(3, kPast), FlushOutcome::lost);
}

TEST(SettledTracker, keeps_several_watches_apart) {
  SettledTracker tracker;
  SettledTracker::Watch early(tracker);
  tracker.settled(1, /*lost=*/true, 1);
  SettledTracker::Watch late(tracker);
  tracker.settled(2, /*lost=*/false, 2);
  EXPECT_EQ(early.wait(2, kPast), FlushOutcome::lost);
  EXPECT_EQ(late.wait(2, kPast), FlushOutcome::delivered);
}

TEST(SettledTracker, ends_waits_for_more_when_closed) {
  SettledTracker tracker;
  tracker.settled(1, /*lost=*/false, 1);
  SettledTracker::Watch watch(tracker);
  std::thread closing([&] { tracker.close(); });
  EXPECT_EQ(watch.wait(2, kNever), FlushOutcome::lost);
  EXPECT_EQ(watch.wait(1, kNever), FlushOutcome::delivered);
  closing.join();
}

TEST(SettledTracker, wakes_all_that_wait) {
  SettledTracker tracker;
  std::vector<std::thread> waiting;
  for (uint64_t number = 1; number <= 8; ++number) {
    waiting.emplace_back([&tracker, number] {
      EXPECT_EQ(SettledTracker::Watch(tracker).wait(number, kNever), FlushOutcome::delivered);
    });
  }
  for (uint64_t number = 1; number <= 8; ++number) tracker.settled(number, /*lost=*/false, number);
  for (std::thread& thread : waiting) thread.join();
}

}  // namespace
}  // namespace cero::core
