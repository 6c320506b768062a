// Goal: text comes out as UTF-8 that any parser takes, cut where asked, and well-formed text comes
// out as it is. Method: the Unicode standard's examples; all short sequences and random ones
// against the naive implementation that the fuzzer uses.
#include "base/utf8.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "otlp/naive_text.h"
#include "support/seed.h"

namespace cero::core {
namespace {

std::string written(std::string_view text, uint32_t characters_max = kNoLengthLimit) {
  std::string result(text_size(text, characters_max), '\0');
  EXPECT_EQ(write_text(result.data(), text, characters_max), result.data() + result.size());
  return result;
}

TEST(Utf8, leaves_well_formed_text_alone) {
  for (const std::string_view text :
       {"", "plain", "sm\xc3\xb6rg\xc3\xa5s", "\xe2\x82\xac", "\xf0\x9f\x90\x9f",
        "\xf4\x8f\xbf\xbf", "\xed\x9f\xbf", "\xee\x80\x80", "\x7f"}) {
    EXPECT_EQ(written(text), text);
  }
  EXPECT_EQ(written(std::string(1'000, 'x')), std::string(1'000, 'x'));
}

// Chapter 3 of the Unicode standard, "U+FFFD Substitution of Maximal Subparts".
TEST(Utf8, replaces_maximal_subparts) {
  const std::string fffd = "\xef\xbf\xbd";
  EXPECT_EQ(written("\xc0\xaf\xe0\x80\xbf\xf0\x81\x82\x41"),
            fffd + fffd + fffd + fffd + fffd + fffd + fffd + fffd + "A");
  EXPECT_EQ(written("\xed\xa0\x80\xed\xbf\xbf\xed\xaf\x41"),
            fffd + fffd + fffd + fffd + fffd + fffd + fffd + fffd + "A");
  EXPECT_EQ(written("\xf4\x91\x92\x93\xff\x41\x80\xbf\x42"),
            fffd + fffd + fffd + fffd + fffd + "A" + fffd + fffd + "B");
  EXPECT_EQ(written("\xe1\x80\xe2\xf0\x91\x92\xf1\xbf\x41"), fffd + fffd + fffd + fffd + "A");
}

TEST(Utf8, cuts_between_characters) {
  EXPECT_EQ(written("abc", 0), "");
  EXPECT_EQ(written("abc", 2), "ab");
  EXPECT_EQ(written("abc", 3), "abc");
  EXPECT_EQ(written("a\xf0\x9f\x90\x9f\xc3\xa5", 2), "a\xf0\x9f\x90\x9f");
  EXPECT_EQ(written("\xff\xffz", 2), "\xef\xbf\xbd\xef\xbf\xbd");
}

TEST(Utf8, agrees_with_the_naive_way_on_all_two_and_some_four_byte_texts) {
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      const std::string text = {static_cast<char>(first), static_cast<char>(second)};
      ASSERT_EQ(written(text), fuzz::mended(text)) << first << ' ' << second;
      for (const char* tail : {"\x80", "\x80\x80", "\xbf\x7f", "\xff"}) {
        ASSERT_EQ(written(text + tail), fuzz::mended(text + tail)) << first << ' ' << second;
      }
    }
  }
}

TEST(Utf8, agrees_with_the_naive_way_on_random_texts) {
  std::mt19937_64 random(test::test_seed());
  // Bytes at the edges of the table of well-formed sequences, and plain ones.
  constexpr std::string_view kBytes =
      "\x7f\x80\x8f\x90\x9f\xa0\xbf\xc0\xc1\xc2\xdf\xe0\xe1\xec\xed\xee\xef\xf0\xf1\xf3\xf4\xf5zz";
  std::string last;
  for (int i = 0; i < 20'000; ++i) {
    std::string text(random() % 20, '\0');
    for (char& byte : text) byte = kBytes[random() % kBytes.size()];
    const auto characters_max = static_cast<uint32_t>(random() % 22);
    ASSERT_EQ(written(text), fuzz::mended(text));
    ASSERT_EQ(written(text, characters_max), fuzz::mended(text, characters_max));
    ASSERT_EQ(written(written(text)), written(text));
    ASSERT_EQ(same_text(text, last), fuzz::mended(text) == fuzz::mended(last));
    ASSERT_TRUE(same_text(text, fuzz::mended(text)));
    last = text;
  }
}

TEST(Utf8, knows_texts_that_are_mended_alike) {
  EXPECT_TRUE(same_text("a\xff", "a\xfe"));
  EXPECT_TRUE(same_text("a\xff", "a\xef\xbf\xbd"));
  EXPECT_TRUE(same_text("\xe2\x82", "\xff"));
  EXPECT_FALSE(same_text("\xff", "\xff\xff"));
  EXPECT_FALSE(same_text("\xff", "a"));
  EXPECT_FALSE(same_text("a", "b"));
  EXPECT_TRUE(same_text("", ""));
}

}  // namespace
}  // namespace cero::core
