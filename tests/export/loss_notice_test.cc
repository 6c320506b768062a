// Goal: who reads the log learns once that spans are being dropped, and once that it is over.
// Method: a count and a clock that the test moves.
#include "export/loss_notice.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/manual_clock.h"

namespace cero::core {
namespace {

using namespace std::chrono_literals;

class LossNoticeTest : public testing::Test {
 protected:
  void look_after(std::chrono::milliseconds time) {
    clock_.advance(time);
    notice_.look(clock_.now());
  }

  uint64_t count_ = 0;
  std::vector<std::string> lines_;
  test::ManualClock clock_;
  Log log_{[this](Severity, std::string_view message) { lines_.emplace_back(message); }, clock_};
  LossNotice notice_{[this] { return count_; }, log_};
};

TEST_F(LossNoticeTest, says_nothing_while_nothing_is_lost) {
  for (int i = 0; i < 100; ++i) look_after(1s);
  EXPECT_TRUE(lines_.empty());
}

TEST_F(LossNoticeTest, says_once_that_spans_are_dropped_and_once_that_it_is_over) {
  look_after(1s);
  for (count_ = 7; count_ < 100; ++count_) look_after(1s);
  ASSERT_EQ(lines_.size(), 1u);
  EXPECT_NE(lines_[0].find("rings are full"), std::string::npos);
  EXPECT_NE(lines_[0].find("dropped as ring_full so far: 7"), std::string::npos);
  count_ = 99;
  look_after(LossNotice::kQuietTime - 1ms - 1s);
  EXPECT_EQ(lines_.size(), 1u);
  look_after(1s + 1ms);
  ASSERT_EQ(lines_.size(), 2u);
  EXPECT_NE(lines_[1].find("room again"), std::string::npos);
  EXPECT_NE(lines_[1].find("dropped as ring_full so far: 99"), std::string::npos);
  for (int i = 0; i < 100; ++i) look_after(1s);
  EXPECT_EQ(lines_.size(), 2u);
}

TEST_F(LossNoticeTest, looks_at_the_count_now_and_then_alone) {
  look_after(1s);
  count_ = 1;
  look_after(LossNotice::kLookInterval - 1ms);
  EXPECT_TRUE(lines_.empty());
  look_after(1ms);
  EXPECT_EQ(lines_.size(), 1u);
}

}  // namespace
}  // namespace cero::core
