// Goal: the level follows the load, comes to rest under a constant one, and tells a thread that has
// too much to do from one that waits for a slow backend.
// Method: a model of the export thread: bodies come at a rate and cost their level's time; the rest
// of the time is waited. Time is numbers.
#include "compress/level_policy.h"

#include <gtest/gtest.h>

#include <optional>

namespace cero::core {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;
using Seconds = std::chrono::duration<double>;

// What the thread spends on a body of 4096 spans with 5 attributes, as measured.
nanoseconds cost_of(Load load) {
  switch (load) {
    case Load::idle:
      return 3'500us;
    case Load::normal:
      return 1'600us;
    case Load::busy:
      return 550us;
    case Load::overrun:
      return 150us;
  }
  return {};
}

class LevelPolicyTest : public testing::Test {
 protected:
  static constexpr double kSpansPerBody = 4'096;

  // Takes bodies at this rate for so long; those that come faster than they are done with wait.
  void run(double spans_per_second, Seconds time) {
    const Seconds interval(kSpansPerBody / spans_per_second);
    const TimePoint end = now_ + std::chrono::duration_cast<nanoseconds>(time);
    TimePoint due = now_;
    while (now_ < end) {
      if (due > now_) {
        policy_->waited(due - now_);
        now_ = due;
      }
      const bool none_free = now_ - due >= 3 * interval;
      const Load before = policy_->load();
      const Load load = policy_->took_body(now_, none_free);
      changes_ += load != before ? 1 : 0;
      now_ += cost_of(load);
      due += std::chrono::duration_cast<nanoseconds>(interval);
      if (none_free) due = now_ - std::chrono::duration_cast<nanoseconds>(3 * interval);  // dropped
    }
  }

  void start(bool has_fast_engine = true) { policy_.emplace(now_, has_fast_engine); }

  TimePoint now_{1h};
  std::optional<LevelPolicy> policy_;
  int changes_ = 0;
};

TEST_F(LevelPolicyTest, starts_with_the_usual_trade) {
  start();
  EXPECT_EQ(policy_->load(), Load::normal);
}

TEST_F(LevelPolicyTest, follows_the_rate_up_and_down) {
  start();
  run(3'000, 20s);
  EXPECT_EQ(policy_->load(), Load::idle);
  run(30'000, 5s);
  EXPECT_EQ(policy_->load(), Load::normal);
  run(100'000, 5s);
  EXPECT_EQ(policy_->load(), Load::busy);
  run(900'000, 5s);
  EXPECT_EQ(policy_->load(), Load::busy);
  run(30'000, 5s);
  EXPECT_EQ(policy_->load(), Load::normal);
  run(3'000, 20s);
  EXPECT_EQ(policy_->load(), Load::idle);
}

TEST_F(LevelPolicyTest, comes_to_rest_at_every_constant_rate) {
  for (double rate = 5'000; rate < 5e6; rate *= 1.5) {
    for (const bool has_fast_engine : {true, false}) {
      for (const double first_rate : {5'000.0, 5e6}) {
        start(has_fast_engine);
        run(first_rate, 15s);
        run(rate, 30s);
        changes_ = 0;
        run(rate, 30s);
        EXPECT_EQ(changes_, 0) << rate << " spans/s after " << first_rate;
      }
    }
  }
}

TEST_F(LevelPolicyTest, gives_up_compression_at_once_when_it_is_the_bottleneck) {
  start();
  run(50'000, 5s);
  run(20e6, 20ms);
  EXPECT_EQ(policy_->load(), Load::overrun);
}

TEST_F(LevelPolicyTest, takes_it_up_again_when_the_rush_is_over) {
  start();
  run(20e6, 1s);
  ASSERT_EQ(policy_->load(), Load::overrun);
  run(100'000, 10s);
  EXPECT_EQ(policy_->load(), Load::busy);
  run(30'000, 10s);
  EXPECT_EQ(policy_->load(), Load::normal);
}

TEST_F(LevelPolicyTest, leaves_out_the_fast_engine_where_there_is_none) {
  start(/*has_fast_engine=*/false);
  run(450'000, 10s);
  EXPECT_EQ(policy_->load(), Load::normal);
  run(20e6, 1s);
  EXPECT_EQ(policy_->load(), Load::overrun);
  run(100'000, 10s);
  EXPECT_EQ(policy_->load(), Load::normal);
}

TEST_F(LevelPolicyTest, makes_small_bodies_for_a_backend_that_is_slow) {
  start();
  for (int i = 0; i < 100; ++i) {  // bodies wait, because the retry queue is full
    now_ += cost_of(policy_->took_body(now_, /*none_free=*/true));
    policy_->waited(1s);
    now_ += 1s;
  }
  EXPECT_EQ(policy_->load(), Load::idle);
}

TEST_F(LevelPolicyTest, is_not_moved_by_a_short_burst_or_a_short_lull) {
  start();
  run(30'000, 5s);
  run(900'000, 200ms);
  run(30'000, 2s);
  run(1'000, 1s);
  run(30'000, 2s);
  EXPECT_EQ(changes_, 0);
}

}  // namespace
}  // namespace cero::core
