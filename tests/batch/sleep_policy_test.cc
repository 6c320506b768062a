// Goal: the batch thread sleeps long when little comes, and short enough that no steady rate makes
// a producer wake it. Method: the policy with rings that fill at a rate, pass by pass.
#include "batch/sleep_policy.h"

#include <gtest/gtest.h>

#include <string>

namespace cero::core {
namespace {

using std::chrono::nanoseconds;

constexpr uint64_t kUrgentBytes = 256 << 10;
constexpr uint32_t kSpanBytes = 400;

struct Seen {
  int passes = 0;
  int wakes = 0;  // by a producer
};

// What happens in `time`. A ring that is urgent ends the sleep.
Seen run_at(SleepPolicy& policy, double spans_per_second, nanoseconds time) {
  const double bytes_per_ns = spans_per_second * kSpanBytes / 1e9;
  const auto urgent = static_cast<double>(kUrgentBytes);
  Seen seen;
  while (time > nanoseconds::zero()) {
    auto sleep = policy.time();
    double bytes = bytes_per_ns * static_cast<double>(sleep.count());
    if (bytes >= urgent) {
      sleep = nanoseconds(static_cast<int64_t>(urgent / bytes_per_ns));
      bytes = urgent;
      ++seen.wakes;
    }
    policy.pass_drained(static_cast<uint64_t>(bytes));
    ++seen.passes;
    time -= sleep;
  }
  return seen;
}

TEST(SleepPolicy, looks_once_a_second_when_nothing_comes) {
  SleepPolicy policy(kUrgentBytes);
  run_at(policy, 0, std::chrono::seconds(2));
  EXPECT_EQ(run_at(policy, 0, std::chrono::seconds(60)).passes, 60);
}

TEST(SleepPolicy, looks_once_a_second_at_50_spans_a_second) {
  SleepPolicy policy(kUrgentBytes);
  run_at(policy, 50, std::chrono::seconds(2));
  const Seen seen = run_at(policy, 50, std::chrono::seconds(60));
  EXPECT_EQ(seen.passes, 60);
  EXPECT_EQ(seen.wakes, 0);
}

TEST(SleepPolicy, needs_no_wake_at_any_steady_rate) {
  for (double rate = 10; rate < 3e6; rate *= 1.1) {
    SCOPED_TRACE(std::to_string(rate) + " spans a second");
    SleepPolicy policy(kUrgentBytes);
    run_at(policy, 0, std::chrono::seconds(60));
    const Seen first = run_at(policy, rate, std::chrono::seconds(5));
    EXPECT_LE(first.wakes, 6) << "after a quiet minute, until the rate is known";
    EXPECT_EQ(run_at(policy, rate, std::chrono::seconds(20)).wakes, 0);
  }
}

TEST(SleepPolicy, wakes_sooner_where_less_is_urgent) {
  SleepPolicy policy(kUrgentBytes / 4);
  policy.pass_drained(kUrgentBytes / 8 + 1);
  EXPECT_EQ(policy.time(), SleepPolicy::kBusyMax / 2);
}

TEST(SleepPolicy, is_never_shorter_than_its_least) {
  SleepPolicy policy(kUrgentBytes);
  for (int i = 0; i < 20; ++i) policy.pass_drained(kUrgentBytes);
  EXPECT_EQ(policy.time(), SleepPolicy::kMin);
}

}  // namespace
}  // namespace cero::core
