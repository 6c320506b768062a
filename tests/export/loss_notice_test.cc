// Goal: who reads the log learns of every kind of loss: that it began, how much it is, and that it
// is over. Method: a ledger and a clock that the test moves.
#include "export/loss_notice.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "support/manual_clock.h"

namespace cero::core {
namespace {

using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

class LossNoticeTest : public testing::Test {
 protected:
  void look_after(std::chrono::milliseconds time) {
    clock_.advance(time);
    notice_.look(clock_.now());
  }
  // As the export thread does when nothing wakes it but cero-batch.
  void sleep(std::chrono::milliseconds time) {
    const TimePoint end = clock_.now() + time;
    for (TimePoint next_pass = clock_.now(); clock_.now() < end;) {
      if (next_pass <= clock_.now()) {
        next_pass += 1s;
        if (std::exchange(sum_, LossNotice::sum(stats_)) != sum_) notice_.expect();
        notice_.look(clock_.now());
      }
      look_after(ceil(std::min({next_pass, notice_.next_look(), end}) - clock_.now()));
    }
  }
  Lines take_lines() { return std::exchange(lines_, {}); }

  Stats stats_;
  uint64_t sum_ = 0;
  Lines lines_;
  test::ManualClock clock_;
  Log log_{[this](Severity, std::string_view message) { lines_.emplace_back(message); }, clock_};
  LossNotice notice_{[this] { return stats_; }, log_};

 private:
  static std::chrono::milliseconds ceil(std::chrono::nanoseconds time) {
    return std::chrono::ceil<std::chrono::milliseconds>(std::max(time, 0ns));
  }
};

TEST_F(LossNoticeTest, says_nothing_while_nothing_is_lost) {
  stats_.recorded = stats_.exported = stats_.requests = stats_.in_flight = 100;
  sleep(10min);
  EXPECT_EQ(lines_, Lines{});
}

TEST_F(LossNoticeTest, says_that_spans_are_dropped_each_10_s_and_that_it_is_over) {
  sleep(1s);
  stats_.dropped.ring_full = 7;
  look_after(1s);
  ASSERT_EQ(lines_.size(), 1u);
  EXPECT_TRUE(take_lines()[0].starts_with(
      "7 spans dropped as ring_full so far; such a span found the pipeline behind"));
  for (int i = 0; i < 25; ++i) {
    stats_.dropped.ring_full += 10;
    sleep(1s);
  }
  EXPECT_EQ(take_lines(), (Lines{"100 spans dropped as ring_full in the last 10 s, 107 so far",
                                 "100 spans dropped as ring_full in the last 10 s, 207 so far"}));
  sleep(1min);
  EXPECT_EQ(take_lines(), (Lines{"50 spans dropped as ring_full in the last 10 s, 257 so far",
                                 "no more spans dropped as ring_full for 10 s, 257 so far"}));
  stats_.dropped.ring_full += 1;
  sleep(10s);
  EXPECT_EQ(take_lines().size(), 1u) << "begins anew";
}

TEST_F(LossNoticeTest, tells_of_every_reason_and_of_every_other_loss) {
  stats_.visit([&](const StatInfo& info, uint64_t& number) {
    if (!info.name.starts_with("dropped.")) return;
    sleep(1min);
    lines_.clear();
    const std::string name(info.name.substr(info.name.find('.') + 1));
    number = 1;
    sleep(20s);
    const Lines lines = take_lines();
    ASSERT_FALSE(lines.empty()) << name;
    EXPECT_NE(lines[0].find("1 span dropped as " + name), std::string::npos) << lines[0];
  });
  for (const auto& [count, name] : {std::pair(&Stats::rejected, "span rejected"),
                                    {&Stats::non_recording_no_memory, "span not recorded"},
                                    {&Stats::tracers_refused, "tracer refused"},
                                    {&Stats::attributes_dropped, "attribute dropped"},
                                    {&Stats::events_dropped, "event dropped"},
                                    {&Stats::links_dropped, "link dropped"}}) {
    sleep(1min);
    lines_.clear();
    stats_.*count = 1;
    sleep(20s);
    ASSERT_FALSE(lines_.empty()) << name;
    EXPECT_NE(lines_[0].find(std::string("1 ") + name), std::string::npos) << lines_[0];
  }
}

TEST_F(LossNoticeTest, each_kind_has_lines_of_its_own) {
  look_after(1s);
  stats_.dropped.no_memory = 22'518;
  stats_.dropped.span_too_large = 1;
  stats_.attributes_dropped = 3;
  look_after(1s);
  ASSERT_EQ(lines_.size(), 3u);
  EXPECT_TRUE(lines_[0].starts_with(
      "1 span dropped as span_too_large so far; such a span is larger than span_bytes_max"));
  EXPECT_TRUE(lines_[1].starts_with(
      "22518 spans dropped as no_memory so far; such a span found no memory for its bytes"));
  EXPECT_EQ(lines_[2],
            "3 attributes dropped, counted as attributes_dropped so far; such an attribute was "
            "beyond limits.attributes_max, limits.attributes_per_event_max or "
            "limits.attributes_per_link_max");
}

// DeliveryLog says when they begin, and why.
TEST_F(LossNoticeTest, counts_the_spans_of_refusals_whose_lines_were_left_out) {
  look_after(1s);
  stats_.dropped.permanent_error = 20;
  look_after(1s);
  EXPECT_EQ(take_lines(), Lines{});
  stats_.dropped.permanent_error = 300;
  sleep(10s);
  EXPECT_EQ(take_lines(),
            Lines{"300 spans dropped as permanent_error in the last 10 s, 300 so far"});
}

TEST_F(LossNoticeTest, says_at_the_end_what_was_not_said) {
  look_after(1s);
  stats_.dropped.ring_full = 2;
  look_after(1s);
  lines_.clear();
  stats_.dropped.ring_full = 5;
  stats_.dropped.after_shutdown = 40;
  clock_.advance(1ms);
  notice_.finish(clock_.now());
  EXPECT_EQ(take_lines(),
            (Lines{"3 spans dropped as ring_full in the last 1 s, 5 so far",
                   "40 spans dropped as after_shutdown so far; such a span ended after shutdown, "
                   "or was not delivered by its deadline"}));
}

TEST_F(LossNoticeTest, says_at_the_end_what_kept_spans_from_being_delivered) {
  look_after(1s);
  stats_.dropped.ring_full = 2;
  stats_.dropped.after_shutdown = 40;
  notice_.finish(clock_.now(), "the backend at http://host: HTTP 503");
  const Lines lines = take_lines();
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0].find("HTTP 503"), std::string::npos) << lines[0];
  EXPECT_NE(lines[1].find("by its deadline; the last failure was that of the backend at "
                          "http://host: HTTP 503"),
            std::string::npos)
      << lines[1];
}

TEST_F(LossNoticeTest, looks_now_and_then_alone) {
  look_after(1s);
  stats_.dropped.ring_full = 1;
  look_after(LossNotice::kLookInterval - 1ms);
  EXPECT_TRUE(lines_.empty());
  look_after(1ms);
  EXPECT_EQ(lines_.size(), 1u);
}

TEST_F(LossNoticeTest, asks_for_no_look_while_nothing_is_lost) {
  EXPECT_EQ(notice_.next_look(), TimePoint::max());
  look_after(1s);
  EXPECT_EQ(notice_.next_look(), TimePoint::max());
}

TEST_F(LossNoticeTest, asks_for_a_look_where_the_one_it_was_woken_for_was_too_early) {
  look_after(1s);
  stats_.dropped.ring_full = 1;
  notice_.expect();
  look_after(1ms);
  EXPECT_EQ(notice_.next_look(), clock_.now() + LossNotice::kLookInterval - 1ms);
  look_after(LossNotice::kLookInterval - 1ms);
  EXPECT_EQ(lines_.size(), 1u);
}

TEST_F(LossNoticeTest, asks_for_the_look_that_says_more_or_that_it_is_over) {
  stats_.dropped.ring_full = 1;
  look_after(1s);
  const TimePoint due = clock_.now() + LossNotice::kInterval;
  EXPECT_EQ(notice_.next_look(), due);
  clock_.advance(LossNotice::kInterval - 50ms);
  notice_.look(clock_.now());
  EXPECT_GE(notice_.next_look(), clock_.now() + LossNotice::kLookInterval)
      << "a look that would be too early";
}

}  // namespace
}  // namespace cero::core
