// Goal: an outage is a line and not a flood, what was silenced is counted, and no secret is shown.
// Method: a manual clock, and a handler that keeps what it is told.
#include "base/log.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/manual_clock.h"

namespace cero::core {
namespace {

using std::chrono::milliseconds;

class LogTest : public testing::Test {
 protected:
  void write(LogTopic topic, const std::string& message, uint64_t cause = 0) {
    log_.write(topic, Severity::warning, message, cause);
  }

  test::ManualClock clock_;
  std::vector<std::string> lines_;
  Log log_{[this](Severity severity, std::string_view message) {
             EXPECT_EQ(severity, Severity::warning);
             lines_.emplace_back(message);
           },
           clock_};
};

TEST_F(LogTest, says_the_first_of_a_topic_at_once) {
  write(LogTopic::send_failed, "no route");
  EXPECT_EQ(lines_, std::vector<std::string>{"no route"});
}

TEST_F(LogTest, is_silent_on_a_topic_for_the_interval_and_then_says_how_often_it_was) {
  write(LogTopic::send_failed, "first");
  for (int i = 0; i < 3; ++i) write(LogTopic::send_failed, "silenced");
  clock_.advance(kLogInterval - milliseconds(1));
  write(LogTopic::send_failed, "silenced too");
  EXPECT_EQ(lines_.size(), 1u);
  clock_.advance(milliseconds(1));
  write(LogTopic::send_failed, "last");
  ASSERT_EQ(lines_.size(), 2u);
  EXPECT_EQ(lines_[1], "last (4 more like it since)");
}

TEST_F(LogTest, counts_anew_after_it_spoke) {
  for (int i = 0; i < 5; ++i) write(LogTopic::send_failed, "one");
  clock_.advance(kLogInterval);
  write(LogTopic::send_failed, "two");
  clock_.advance(kLogInterval);
  write(LogTopic::send_failed, "three");
  EXPECT_EQ(lines_.back(), "three");
}

TEST_F(LogTest, limits_each_topic_by_itself) {
  write(LogTopic::send_failed, "a");
  write(LogTopic::delivery_failed, "b");
  write(LogTopic::send_failed, "c");
  EXPECT_EQ(lines_, (std::vector<std::string>{"a", "b"}));
}

TEST_F(LogTest, says_the_first_of_another_cause_at_once) {
  write(LogTopic::send_failed, "a", 1);
  write(LogTopic::send_failed, "b", 2);
  for (int i = 0; i < 3; ++i) write(LogTopic::send_failed, "b", 2);
  clock_.advance(kLogInterval);
  write(LogTopic::send_failed, "a", 1);
  write(LogTopic::send_failed, "b", 2);
  EXPECT_EQ(lines_, (std::vector<std::string>{"a", "b", "a", "b (3 more like it since)"}));
}

TEST_F(LogTest, says_no_more_than_some_causes_however_many_there_are) {
  for (uint64_t cause = 0; cause < 1'000; ++cause) write(LogTopic::send_failed, "a", cause);
  EXPECT_EQ(lines_.size(), kLogCausesMax);
  clock_.advance(kLogInterval);
  for (uint64_t cause = 0; cause < 1'000; ++cause) write(LogTopic::send_failed, "b", cause);
  EXPECT_EQ(lines_.size(), 2 * kLogCausesMax);
  write(LogTopic::delivery_failed, "c");
  EXPECT_EQ(lines_.back(), "c");
}

TEST_F(LogTest, counts_what_a_cause_did_not_say_with_one_that_takes_its_place) {
  for (uint64_t cause = 1; cause <= kLogCausesMax; ++cause) {
    for (int i = 0; i < 2; ++i) write(LogTopic::send_failed, "a", cause);
    clock_.advance(milliseconds(1));
  }
  clock_.advance(kLogInterval);
  write(LogTopic::send_failed, "b", 100);
  EXPECT_EQ(lines_.back(), "b (1 more like it since)");
}

TEST_F(LogTest, never_limits_what_is_said_of_the_set_up) {
  for (int i = 0; i < 3; ++i) write(LogTopic::setup, "option");
  EXPECT_EQ(lines_.size(), 3u);
}

TEST_F(LogTest, takes_no_handler_for_silence) {
  Log silent(nullptr, clock_);
  silent.write(LogTopic::setup, Severity::error, "nobody hears it");
  EXPECT_TRUE(lines_.empty());
}

TEST_F(LogTest, tells_a_handler_what_it_wants) {
  const auto lowest = [&](const LogHandler& handler) {
    const Log log(handler, clock_);
    return log.tells(Severity::debug)     ? Severity::debug
           : log.tells(Severity::info)    ? Severity::info
           : log.tells(Severity::warning) ? Severity::warning
                                          : Severity::error;
  };
  const LogHandler own = [](Severity, std::string_view) {};
  EXPECT_EQ(lowest(log_to_stderr), Severity::warning);
  EXPECT_EQ(lowest(own), Severity::info);
  EXPECT_EQ(lowest(LeveledHandler{Severity::debug, own}), Severity::debug);
  EXPECT_EQ(lowest(LeveledHandler{Severity::error, own}), Severity::error);
  EXPECT_FALSE(Log(nullptr, clock_).tells(Severity::error));
}

TEST_F(LogTest, keeps_debug_lines_from_a_handler_of_the_hosts) {
  std::vector<std::string> lines;
  const LogHandler own = [&](Severity, std::string_view line) { lines.emplace_back(line); };
  Log(own, clock_).write(LogTopic::requests, Severity::debug, "a");
  EXPECT_TRUE(lines.empty());
  Log log(LeveledHandler{Severity::debug, own}, clock_);
  for (int i = 0; i < 3; ++i) log.write(LogTopic::requests, Severity::debug, "b");
  EXPECT_EQ(lines, (std::vector<std::string>{"b", "b", "b"}));
}

TEST_F(LogTest, words_a_line_for_its_reader_and_shows_no_secret_then_either) {
  Secrets secrets;
  secrets.add("hunter2");
  std::vector<std::string> lines;
  Log log([&](Severity, std::string_view line) { lines.emplace_back(line); }, clock_, secrets,
          [](const std::string& text) { return "<" + text + ">"; });
  log.write(LogTopic::setup, Severity::error, "raise hunter2");
  EXPECT_EQ(lines, std::vector<std::string>{"<raise ...>"});
}

TEST_F(LogTest, shows_no_secret) {
  Secrets secrets;
  secrets.add("hunter2");
  std::vector<std::string> lines;
  Log log([&](Severity, std::string_view line) { lines.emplace_back(line); }, clock_, secrets);
  log.write(LogTopic::delivery_failed, Severity::error, "HTTP 401: hunter2 is not known");
  EXPECT_EQ(lines, std::vector<std::string>{"HTTP 401: ... is not known"});
}

}  // namespace
}  // namespace cero::core
