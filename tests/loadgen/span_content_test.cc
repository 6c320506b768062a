// The content of spans. Goal: one seed, one content; varied, and within what a span may say.
// Method: two generators side by side.
#include "loadgen/span_content.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace cero::loadgen {
namespace {

std::string text_of(const SpanContent& content) {
  std::string text(content.name);
  text.append("|").append(content.path.view()).append("|").append(content.user.view()).append("|");
  text.append(content.order.view()).append("|").append(std::to_string(content.status)).append("|");
  return text.append(content.statement)
      .append("|")
      .append(std::to_string(content.size))
      .append(content.error_message);
}

std::vector<std::string> contents(uint64_t seed, int count) {
  ContentGenerator generator(seed);
  std::vector<std::string> texts;
  for (int i = 0; i < count; ++i) {
    SpanContent content;
    if (i % 8 == 0) {
      generator.fill_root(content);
    } else {
      generator.fill_child(content);
    }
    texts.push_back(text_of(content));
  }
  return texts;
}

TEST(ContentGenerator, repeats_itself_for_the_same_seed_only) {
  EXPECT_EQ(contents(7, 500), contents(7, 500));
  EXPECT_NE(contents(7, 500), contents(8, 500));
}

TEST(ContentGenerator, has_many_users_routes_and_some_errors) {
  ContentGenerator generator(1);
  std::set<std::string> users;
  std::set<std::string_view> names;
  int failed = 0;
  for (int i = 0; i < 5'000; ++i) {
    SpanContent content;
    generator.fill_root(content);
    users.emplace(content.user.view());
    names.insert(content.name);
    failed += content.failed ? 1 : 0;
    EXPECT_EQ(content.failed, !content.error_type.empty());
  }
  EXPECT_GT(users.size(), 4'000u);
  EXPECT_EQ(names.size(), 10u);
  EXPECT_GT(failed, 50);
  EXPECT_LT(failed, 200);
}

TEST(ShortText, cuts_off_what_does_not_fit) {
  ShortText text;
  text.append(std::string(90, 'a'));
  text.append("0123456789");
  EXPECT_EQ(text.view().size(), 96u);
  EXPECT_TRUE(text.view().ends_with("012345"));
  text.append(uint64_t{7});
  EXPECT_EQ(text.view().size(), 96u);
}

}  // namespace
}  // namespace cero::loadgen
