// Goal: wall time never runs backwards within an epoch, follows the kernel's clock, and survives
// its steps. Method: made-up readings of a machine whose clocks drift, jitter and are set.
#include "base/wall_time.h"

#include <gtest/gtest.h>

#include <random>

#include "support/seed.h"

namespace cero::core {
namespace {

constexpr uint64_t kSecond = 1'000'000'000;

// Its counter runs at 3 GHz at first; the wall clock gains `wall_gain_` on the monotonic one.
class Machine {
 public:
  void advance(uint64_t ns) {
    ticks_ += ticks_per_ns_ * ns;
    monotonic_ns_ += ns;
    unix_ns_ += static_cast<uint64_t>(static_cast<double>(ns) * (1.0 + wall_gain_));
  }
  void set_wall_gain(double gain) { wall_gain_ = gain; }
  void set_ticks_per_ns(uint64_t ticks) { ticks_per_ns_ = ticks; }
  void step_wall(int64_t ns) { unix_ns_ += static_cast<uint64_t>(ns); }
  void step_monotonic(uint64_t ns) { monotonic_ns_ += ns; }
  // The monotonic clock stands still meanwhile, the counter does not.
  void suspend(uint64_t ns) {
    ticks_ += ticks_per_ns_ * ns;
    unix_ns_ += ns;
  }
  void restart_counter() { ticks_ = 1'000; }

  uint64_t ticks() const { return ticks_; }
  uint64_t unix_ns() const { return unix_ns_; }
  WallTime::Reading reading() const { return {ticks_, monotonic_ns_, unix_ns_}; }

 private:
  uint64_t ticks_per_ns_ = 3;
  uint64_t ticks_ = 1'000'000'000'000;
  uint64_t monotonic_ns_ = 5'000 * kSecond;
  uint64_t unix_ns_ = 1'700'000'000 * kSecond;
  double wall_gain_ = 0;
};

int64_t error_ns(const WallTime& time, const Machine& machine) {
  return static_cast<int64_t>(time.to_unix(machine.ticks()) - machine.unix_ns());
}

// Half a second from now a span that starts now has that duration, and the time is right.
void expect_true_times(const WallTime& time, Machine& machine) {
  const uint64_t start = machine.ticks();
  machine.advance(kSecond / 2);
  const WallTime::Interval span = time.to_unix(start, machine.ticks());
  EXPECT_NEAR(static_cast<double>(span.end - span.start), 0.5e9, 100);
  EXPECT_LT(std::abs(error_ns(time, machine)), 1'000);
}

// Past its first, short intervals.
WallTime warmed_up(Machine& machine) {
  WallTime time(machine.reading());
  for (int i = 0; i < 20; ++i) {
    machine.advance(kSecond);
    time.update(machine.reading());
  }
  return time;
}

TEST(WallTime, learns_the_rate_of_ticks_from_the_first_update) {
  Machine machine;
  WallTime time(machine.reading());
  machine.advance(50'000);
  time.update(machine.reading());
  EXPECT_NEAR(static_cast<double>(error_ns(time, machine)), 0, 2);
  EXPECT_NEAR(static_cast<double>(time.age_ns(machine.ticks() - 3'000, machine.ticks())), 1'000, 2);
  EXPECT_EQ(time.age_ns(machine.ticks() + 1, machine.ticks()), 0u);
}

TEST(WallTime, follows_a_clock_that_is_slewed) {
  Machine machine;
  WallTime time = warmed_up(machine);
  machine.set_wall_gain(500e-6);  // the most that NTP slews
  for (int i = 0; i < 60; ++i) {
    machine.advance(kSecond);
    time.update(machine.reading());
    ASSERT_LT(std::abs(error_ns(time, machine)), WallTime::kStepMin);
  }
  machine.set_wall_gain(0);
  for (int i = 0; i < 5; ++i) {
    machine.advance(kSecond + 1);
    time.update(machine.reading());
  }
  EXPECT_LT(std::abs(error_ns(time, machine)), 1'000);
}

TEST(WallTime, does_not_run_away_when_its_first_updates_come_late) {
  Machine machine;
  WallTime time(machine.reading());
  machine.advance(50'000);
  time.update(machine.reading());
  machine.set_wall_gain(200e-6);
  machine.advance(2 * kSecond);
  time.update(machine.reading());
  machine.set_wall_gain(0);
  machine.advance(2 * kSecond);
  EXPECT_LT(std::abs(error_ns(time, machine)), WallTime::kStepMin);
}

TEST(WallTime, is_monotone_and_final_whatever_the_clocks_do_below_a_step) {
  std::mt19937_64 random(test::test_seed());
  for (int round = 0; round < 20; ++round) {
    Machine machine;
    WallTime time(machine.reading());
    machine.advance(1'000 + random() % 1'000'000);
    time.update(machine.reading());
    uint64_t last_ticks = machine.ticks();
    uint64_t last_time = time.to_unix(last_ticks);
    for (int i = 0; i < 500; ++i) {
      machine.set_wall_gain(static_cast<double>(random() % 400) * 1e-6 - 200e-6);
      machine.advance(1 + random() % (2 * kSecond));
      WallTime::Reading reading = machine.reading();
      reading.unix_ns += random() % 2'000 - 1'000;  // the readings are not quite simultaneous
      // What is drained before the update may carry ticks up to now.
      const uint64_t ticks = last_ticks + random() % (machine.ticks() - last_ticks + 1);
      const uint64_t before = time.to_unix(ticks);
      ASSERT_GE(before, last_time);
      time.update(reading);
      ASSERT_EQ(time.to_unix(ticks), before) << "a time that was given out has changed";
      last_ticks = machine.ticks();
      last_time = time.to_unix(last_ticks);
      ASSERT_GE(last_time, before);
      ASSERT_LT(std::abs(error_ns(time, machine)), 2 * WallTime::kStepMin);
    }
  }
}

TEST(WallTime, a_step_of_the_clock_starts_an_epoch) {
  for (const int64_t step :
       {int64_t{3'600} * 1'000'000'000, int64_t{-10} * 1'000'000'000, int64_t{2'000'000}}) {
    Machine machine;
    WallTime time = warmed_up(machine);
    const uint64_t old_ticks = machine.ticks();
    const uint64_t old_unix = time.to_unix(old_ticks);
    machine.advance(kSecond);
    machine.step_wall(step);
    time.update(machine.reading());
    EXPECT_EQ(time.to_unix(machine.ticks()), machine.unix_ns());
    EXPECT_EQ(time.to_unix(old_ticks), old_unix);

    // A span across the step keeps its duration and takes its wall time from its end.
    machine.advance(kSecond / 2);
    const WallTime::Interval span = time.to_unix(old_ticks, machine.ticks());
    EXPECT_NEAR(static_cast<double>(span.end - span.start), 1.5e9, 100);
    EXPECT_LT(std::abs(error_ns(time, machine)), 1'000);
    EXPECT_EQ(span.end, time.to_unix(machine.ticks()));
  }
}

// ---- A machine that slept

TEST(WallTime, keeps_its_rate_when_the_counter_ran_on_through_a_suspend) {
  Machine machine;
  WallTime time = warmed_up(machine);
  const uint64_t before = machine.ticks();
  machine.suspend(3'600 * kSecond);
  machine.advance(kSecond);
  time.update(machine.reading());
  const uint64_t after = machine.ticks();
  expect_true_times(time, machine);
  EXPECT_NEAR(static_cast<double>(time.age_ns(before, after)), 3'601e9, 1e6);
  machine.advance(kSecond / 2);
  time.update(machine.reading());
  EXPECT_LT(std::abs(error_ns(time, machine)), 1'000);
}

TEST(WallTime, keeps_its_rate_when_the_monotonic_clock_jumps) {
  Machine machine;
  WallTime time = warmed_up(machine);
  machine.advance(kSecond);
  machine.step_monotonic(3'600 * kSecond);
  time.update(machine.reading());
  expect_true_times(time, machine);
}

TEST(WallTime, believes_another_rate_the_second_time) {
  Machine machine;
  WallTime time = warmed_up(machine);
  machine.set_ticks_per_ns(2);  // it has been moved to other hardware
  for (int i = 0; i < 2; ++i) {
    machine.advance(kSecond);
    time.update(machine.reading());
  }
  expect_true_times(time, machine);
}

TEST(WallTime, begins_anew_where_the_counter_does) {
  Machine machine;
  WallTime time = warmed_up(machine);
  const uint64_t old_ticks = machine.ticks();
  const uint64_t old_unix = time.to_unix(old_ticks);
  machine.suspend(3'600 * kSecond);
  machine.restart_counter();
  machine.advance(1'000);  // less than a reading is taken for
  time.update(machine.reading());
  EXPECT_EQ(time.to_unix(machine.ticks()), machine.unix_ns());
  EXPECT_EQ(time.to_unix(old_ticks), old_unix) << "recorded before, drained after";
  EXPECT_EQ(time.to_unix(old_ticks - 3 * kSecond), old_unix - kSecond);

  expect_true_times(time, machine);
  const WallTime::Interval across = time.to_unix(old_ticks, machine.ticks());
  EXPECT_EQ(across.end, time.to_unix(machine.ticks()));
  EXPECT_EQ(across.start, across.end) << "nobody knows for how long";

  // Past where the old ticks were.
  while (machine.ticks() < 2 * old_ticks) {
    machine.advance(kSecond);
    time.update(machine.reading());
    ASSERT_LT(std::abs(error_ns(time, machine)), 1'000);
  }
}

TEST(WallTime, a_span_within_an_epoch_has_its_two_times) {
  Machine machine;
  WallTime time = warmed_up(machine);
  const uint64_t start = machine.ticks();
  machine.advance(kSecond);
  time.update(machine.reading());
  machine.advance(kSecond);
  const WallTime::Interval span = time.to_unix(start, machine.ticks());
  EXPECT_EQ(span.start, time.to_unix(start));
  EXPECT_EQ(span.end, time.to_unix(machine.ticks()));
}

TEST(WallTime, forgets_old_knots_and_still_answers) {
  Machine machine;
  WallTime time = warmed_up(machine);
  const uint64_t old_ticks = machine.ticks();
  const uint64_t old_unix = machine.unix_ns();
  for (int i = 0; i < 1'000; ++i) {
    machine.advance(kSecond);
    time.update(machine.reading());
  }
  EXPECT_NEAR(static_cast<double>(time.to_unix(old_ticks)), static_cast<double>(old_unix), 1e6);
  EXPECT_LT(std::abs(error_ns(time, machine)), 1'000);
}

TEST(WallTime, ignores_readings_that_do_not_advance) {
  Machine machine;
  WallTime time = warmed_up(machine);
  const uint64_t before = time.to_unix(machine.ticks());
  WallTime::Reading reading = machine.reading();
  time.update(reading);
  reading.ticks -= 1'000;
  reading.monotonic_ns += 2 * kSecond;
  time.update(reading);
  EXPECT_EQ(time.to_unix(machine.ticks()), before);
}

}  // namespace
}  // namespace cero::core
