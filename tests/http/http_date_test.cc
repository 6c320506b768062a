// Goal: all three forms of an HTTP date are read, and nothing else is.
#include "http/http_date.h"

#include <gtest/gtest.h>

namespace cero::core {
namespace {

constexpr std::chrono::sys_seconds kExample{std::chrono::seconds(784'111'777)};

TEST(HttpDate, reads_the_three_forms) {
  EXPECT_EQ(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT"), kExample);
  EXPECT_EQ(parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT"), kExample);
  EXPECT_EQ(parse_http_date("Sun Nov  6 08:49:37 1994"), kExample);
}

TEST(HttpDate, knows_leap_days_and_the_epoch) {
  EXPECT_EQ(parse_http_date("Thu, 29 Feb 2024 00:00:00 GMT")->time_since_epoch().count(),
            1'709'164'800);
  EXPECT_EQ(parse_http_date("Thu, 01 Jan 1970 00:00:00 GMT")->time_since_epoch().count(), 0);
}

TEST(HttpDate, reads_two_digit_years_of_this_century) {
  EXPECT_EQ(parse_http_date("Thursday, 29-Feb-24 00:00:00 GMT"),
            parse_http_date("Thu, 29 Feb 2024 00:00:00 GMT"));
}

TEST(HttpDate, refuses_all_else) {
  for (const char* text :
       {"", "120", "soon", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 CET",
        "Sun, 32 Nov 1994 08:49:37 GMT", "Fri, 29 Feb 2023 00:00:00 GMT",
        "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:61:37 GMT",
        "Sun, 06 ovD 1994 08:49:37 GMT", "Sun, 06 Nov x994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 GMT GMT", "Sun, 06 Nov 19944 08:49:37 GMT",
        "Sun, 06 Nov 1994 8:49:37 GMT", "a b c d e f g h"}) {
    EXPECT_FALSE(parse_http_date(text)) << text;
  }
}

}  // namespace
}  // namespace cero::core
