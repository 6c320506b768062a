// Goal: to the export thread the console is a backend that takes everything, wakes up when asked,
// and prints what is overdue or left.
// Method: a completion handler that keeps what it gets; woken before each poll, so that none waits.
#include "console_transport.h"

#include <gtest/gtest.h>

#include <thread>

#include "console/console_spans.h"
#include "support/manual_clock.h"

namespace cero::core {
namespace {

class Answers final : public CompletionHandler {
 public:
  void on_completion(const Completion& completion) override { list.push_back(completion); }
  std::vector<Completion> list;
};

class ConsoleTransportTest : public testing::Test {
 protected:
  std::vector<Completion> poll() {
    transport_->wakeup();
    Answers answers;
    transport_->poll(TimePoint::max(), answers);
    return answers.list;
  }

  test::ManualClock clock_;
  std::string printed_;
  std::unique_ptr<Transport> transport_ = std::make_unique<ConsoleTransport>(
      TreeStyle{}, clock_, [this](std::string_view text) { printed_ += text; });
};

TEST_F(ConsoleTransportTest, accepts_each_post_once) {
  const std::string body = test::request_of({{'t', 'a'}});
  ASSERT_TRUE(transport_->start({.token = 7, .body = body}));
  ASSERT_TRUE(transport_->start({.token = 8, .body = body}));
  const std::vector<Completion> answers = poll();
  ASSERT_EQ(answers.size(), 2u);
  EXPECT_EQ(answers[0].token, 7u);
  EXPECT_EQ(answers[1].token, 8u);
  EXPECT_EQ(answers[0].status, 200);
  EXPECT_TRUE(poll().empty());
  EXPECT_NE(printed_.find("span-ta"), std::string::npos);
}

TEST_F(ConsoleTransportTest, refuses_what_does_not_parse) {
  ASSERT_TRUE(transport_->start({.token = 1, .body = "\xff"}));
  const std::vector<Completion> answers = poll();
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_EQ(answers[0].status, 400);
  EXPECT_EQ(printed_, "");
}

TEST_F(ConsoleTransportTest, prints_what_is_overdue_when_polled) {
  const std::string body = test::request_of({{'t', 'b', 'a'}});
  ASSERT_TRUE(transport_->start({.token = 1, .body = body}));
  EXPECT_EQ(poll().size(), 1u);
  EXPECT_EQ(printed_, "");
  clock_.advance(ConsoleExporter::kHoldTime);
  EXPECT_TRUE(poll().empty());
  EXPECT_NE(printed_.find("span-tb"), std::string::npos);
}

TEST_F(ConsoleTransportTest, prints_what_is_left_when_destroyed) {
  const std::string body = test::request_of({{'t', 'b', 'a'}});
  ASSERT_TRUE(transport_->start({.token = 1, .body = body}));
  transport_.reset();
  EXPECT_NE(printed_.find("span-tb"), std::string::npos);
}

TEST_F(ConsoleTransportTest, forgets_answers_when_aborted) {
  ASSERT_TRUE(transport_->start({.token = 1, .body = ""}));
  transport_->abort_all();
  EXPECT_TRUE(poll().empty());
}

TEST_F(ConsoleTransportTest, poll_returns_when_woken_from_another_thread) {
  std::thread waker([this] { transport_->wakeup(); });
  Answers answers;
  transport_->poll(TimePoint::max(), answers);
  waker.join();
  EXPECT_TRUE(answers.list.empty());
}

TEST(MakeConsoleTransport, prints_to_standard_output_in_the_colour_asked_for) {
  const std::string body = test::request_of({{'t', 'a'}});
  for (const bool color : {false, true}) {
    testing::internal::CaptureStdout();
    const auto transport = make_console_transport(Console{.color = color});
    ASSERT_TRUE(transport->start({.token = 1, .body = body}));
    const std::string printed = testing::internal::GetCapturedStdout();
    EXPECT_NE(printed.find("span-ta"), std::string::npos);
    EXPECT_EQ(printed.find('\x1b') != std::string::npos, color);
  }
}

}  // namespace
}  // namespace cero::core
