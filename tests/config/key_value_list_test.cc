// Goal: lists of variables are read as baggage-shaped text; what cannot be read has a place.
// Method: tables.
#include "config/key_value_list.h"

#include <gtest/gtest.h>

namespace cero::core {
namespace {

using List = std::vector<KeyValue>;

using Places = std::vector<size_t>;

List parse(std::string_view text, BadEscape bad_escape = BadEscape::refuse) {
  const KeyValueList list = parse_key_value_list(text, bad_escape);
  EXPECT_EQ(list.unreadable, Places{}) << text;
  return List(list.members.begin(), list.members.end());
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
    EXPECT_EQ(parse_key_value_list(text, BadEscape::refuse).unreadable.size(), 1u) << text;
  }
  EXPECT_EQ(parse("a=100%,b=%2g%41", BadEscape::keep), (List{{"a", "100%"}, {"b", "%2gA"}}));
}

TEST(KeyValueList, malformed_members_have_a_place_beside_the_others) {
  for (const char* text : {"a", "=1", " =1"}) {
    const KeyValueList list = parse_key_value_list(text, BadEscape::keep);
    EXPECT_EQ(list.unreadable, Places{1}) << text;
    EXPECT_TRUE(list.members.empty()) << text;
  }
  const KeyValueList list = parse_key_value_list("a=1,b,,=2,c=3", BadEscape::keep);
  EXPECT_EQ(list.unreadable, (Places{2, 4}));
  ASSERT_EQ(list.members.size(), 2u);
  EXPECT_EQ(list.members[1].key, "c");
  EXPECT_EQ(list.members[1].place, 5u);
}

TEST(KeyValueList, places_are_told_in_words) {
  EXPECT_EQ(places_text({3}), "entry 3");
  EXPECT_EQ(places_text({3, 5}), "entries 3 and 5");
  EXPECT_EQ(places_text({1, 3, 5}), "entries 1, 3 and 5");
}

}  // namespace
}  // namespace cero::core
