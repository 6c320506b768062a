// Goal: lists of variables are read as baggage-shaped text, or refused whole.
// Method: tables.
#include "config/key_value_list.h"

#include <gtest/gtest.h>

namespace cero::core {
namespace {

using List = std::vector<KeyValue>;

List parse(std::string_view text, BadEscape bad_escape = BadEscape::refuse) {
  const auto list = parse_key_value_list(text, bad_escape);
  EXPECT_TRUE(list.has_value()) << text;
  return list.value_or(List{});
}

TEST(KeyValueList, reads_members_in_order) {
  EXPECT_EQ(parse("a=1,b=2"), (List{{"a", "1"}, {"b", "2"}}));
  EXPECT_EQ(parse("a=1,a=2"), (List{{"a", "1"}, {"a", "2"}}));
}

TEST(KeyValueList, trims_and_skips_empty_members) {
  EXPECT_EQ(parse(" a = 1 ,\tb=2\t, ,"), (List{{"a", "1"}, {"b", "2"}}));
  EXPECT_EQ(parse(""), List{});
  EXPECT_EQ(parse(" , "), List{});
}

TEST(KeyValueList, values_may_be_empty_or_hold_almost_anything) {
  EXPECT_EQ(parse("Accept=*/*,auth=Basic dTpw=="),
            (List{{"Accept", "*/*"}, {"auth", "Basic dTpw=="}}));
  EXPECT_EQ(parse("a="), (List{{"a", ""}}));
  EXPECT_EQ(parse("a=b;c=d"), (List{{"a", "b;c=d"}}));
}

TEST(KeyValueList, decodes_percent_escapes_after_splitting) {
  EXPECT_EQ(parse("a=%2C%3D%25,b%20c=%c3%A9"), (List{{"a", ",=%"}, {"b c", "\xc3\xa9"}}));
  EXPECT_EQ(parse("a=%20x%20"), (List{{"a", " x "}}));
  EXPECT_EQ(parse("a=1+2"), (List{{"a", "1+2"}}));
}

TEST(KeyValueList, bad_escapes_are_refused_or_kept) {
  for (const char* text : {"a=%", "a=%2", "a=%2g", "a=%g2", "a=100%", "ok=1,a=%"}) {
    EXPECT_FALSE(parse_key_value_list(text, BadEscape::refuse)) << text;
  }
  EXPECT_EQ(parse("a=100%,b=%2g%41", BadEscape::keep), (List{{"a", "100%"}, {"b", "%2gA"}}));
}

TEST(KeyValueList, one_malformed_member_spoils_the_list) {
  for (const char* text : {"a", "=1", " =1", "a=1,b", "a=1,=2"}) {
    EXPECT_FALSE(parse_key_value_list(text, BadEscape::keep)) << text;
  }
}

}  // namespace
}  // namespace cero::core
