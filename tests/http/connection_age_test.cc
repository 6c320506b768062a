// Goal: connections of many processes do not grow old together. Method: made-up random numbers.
#include <gtest/gtest.h>

#include "http/curl_request_options.h"

namespace cero::core {
namespace {

using namespace std::chrono_literals;

TEST(ConnectionAge, is_up_to_a_tenth_less_than_it_may_be) {
  EXPECT_EQ(connection_age(300s, 0), 300s);
  EXPECT_EQ(connection_age(300s, 30), 270s);
  EXPECT_EQ(connection_age(300s, 31), 300s);
  EXPECT_EQ(connection_age(86'400s, ~uint64_t{0}) / 1h, 22) << "of 24";
}

TEST(ConnectionAge, has_no_bound_where_none_is_set_and_is_never_less_than_a_second) {
  EXPECT_EQ(connection_age(0s, 12'345), 0s);
  EXPECT_EQ(connection_age(1s, 12'345), 1s);
}

}  // namespace
}  // namespace cero::core
