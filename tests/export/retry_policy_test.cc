// Goal: waits and statuses are those the specification and the options name.
#include "export/retry_policy.h"

#include <gtest/gtest.h>

namespace cero::core {
namespace {

using namespace std::chrono_literals;
using std::chrono::seconds;

constexpr RetryPolicy kPolicy{.delay_initial = 1'000ms, .delay_max = 30'000ms};
constexpr double kNearlyOne = 0.999999999;

TEST(RetryPolicy, spreads_each_delay_by_20_percent_to_either_side) {
  EXPECT_EQ(kPolicy.delay(1, 0), 800ms);
  EXPECT_EQ(kPolicy.delay(1, 0.5), 1'000ms);
  EXPECT_NEAR(static_cast<double>(kPolicy.delay(1, kNearlyOne).count()), 1.2e9, 10);
}

TEST(RetryPolicy, grows_by_half_up_to_the_maximum) {
  EXPECT_EQ(kPolicy.delay(2, 0.5), 1'500ms);
  EXPECT_EQ(kPolicy.delay(3, 0.5), 2'250ms);
  EXPECT_EQ(kPolicy.delay(9, 0.5), 25'628'906'250ns);
  EXPECT_EQ(kPolicy.delay(10, 0.5), 30s);
  EXPECT_EQ(kPolicy.delay(UINT32_MAX, 0.5), 30s);
}

TEST(RetryPolicy, holds_the_maximum_when_the_initial_delay_is_larger) {
  EXPECT_EQ((RetryPolicy{.delay_initial = 5s, .delay_max = 2s}.delay(1, 0.5)), 2s);
}

TEST(RetryPolicy, grows_from_the_least_a_server_named_and_never_waits_less) {
  EXPECT_EQ(kPolicy.delay_from(5s, 1, 0), 5s);
  EXPECT_EQ(kPolicy.delay_from(5s, 1, 0.5), 5'500ms);
  EXPECT_EQ(kPolicy.delay_from(5s, 2, 0), 7'500ms);
  EXPECT_EQ(kPolicy.delay_from(5s, 99, 0), 30s);
  EXPECT_EQ(kPolicy.delay_from(60s, 1, 0), 60s) << "above the maximum too";
  EXPECT_EQ(kPolicy.delay_from(60s, 99, 0), 60s);
  EXPECT_EQ(kPolicy.delay_from(0s, 1, 0), 1s) << "the initial delay when that is longer";
  EXPECT_EQ(kPolicy.delay_from(24h, UINT32_MAX, 0), 24h);
}

TEST(RetryPolicy, retries_four_statuses_and_no_other) {
  int count = 0;
  for (int status = 100; status < 600; ++status) count += is_retryable_status(status) ? 1 : 0;
  EXPECT_EQ(count, 4);
  for (const int status : {429, 502, 503, 504}) EXPECT_TRUE(is_retryable_status(status));
}

TEST(RetryAfter, takes_seconds) {
  EXPECT_EQ(parse_retry_after("1", {}), 1s);
  EXPECT_EQ(parse_retry_after("3600", {}), 3600s);
}

TEST(RetryAfter, is_cut_at_a_day) {
  EXPECT_EQ(parse_retry_after("86401", {}), 24h);
  EXPECT_EQ(parse_retry_after("99999999999999999999999999", {}), 24h);
}

TEST(RetryAfter, takes_a_date) {
  const auto now = std::chrono::sys_seconds(seconds(784'111'770));
  EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", now), 7s);
  EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", now + 6500ms), 1s);
}

TEST(RetryAfter, takes_dates_of_any_age) {
  const auto now = std::chrono::sys_seconds(seconds(784'111'770));
  EXPECT_EQ(parse_retry_after("Sun Nov  6 08:49:37 9999", now), 24h);
  EXPECT_FALSE(parse_retry_after("Sun Nov  6 08:49:37 0204", now));
}

TEST(RetryAfter, is_nothing_when_it_asks_for_no_wait_or_is_neither_form) {
  const auto now = std::chrono::sys_seconds(seconds(784'111'777));
  EXPECT_FALSE(parse_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", now));
  for (const char* text : {"", "0", "-1", "+1", "1.5", "soon", "1 s"}) {
    EXPECT_FALSE(parse_retry_after(text, now)) << text;
  }
}

}  // namespace
}  // namespace cero::core
