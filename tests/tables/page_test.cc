// Goal: a page is replaced whole, or between its markers and nowhere else; what is wrong is named.
// Method: small files.
#include "tables/page.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <stdexcept>

#include "support/temporary_file.h"

namespace cero::tables {
namespace {

constexpr const char* kFile =
    "by hand\n"
    "<!-- made by ./dev tables: one -->\n"
    "old\n"
    "<!-- end -->\n"
    "between\n"
    "<!-- made by ./dev tables: two -->\n"
    "<!-- end -->\n"
    "after\n";

TEST(Page, replaces_the_part_between_its_markers) {
  EXPECT_EQ(with_text({"f", "one", "new\nlines\n"}, kFile),
            "by hand\n"
            "<!-- made by ./dev tables: one -->\n"
            "new\nlines\n"
            "<!-- end -->\n"
            "between\n"
            "<!-- made by ./dev tables: two -->\n"
            "<!-- end -->\n"
            "after\n");
}

TEST(Page, fills_a_part_that_is_empty) {
  const std::string filled = with_text({"f", "two", "new\n"}, kFile);
  EXPECT_NE(filled.find("tables: two -->\nnew\n<!-- end -->\nafter\n"), std::string::npos)
      << filled;
  EXPECT_EQ(with_text({"f", "two", "new\n"}, filled), filled);
}

TEST(Page, knows_the_comments_of_scripts) {
  EXPECT_EQ(with_text({"f", "a", "x = 1\n"}, "  # made by ./dev tables: a\n  # end"),
            "  # made by ./dev tables: a\nx = 1\n  # end");
}

TEST(Page, is_the_whole_file_without_a_part) {
  EXPECT_EQ(with_text({"f", "", "all\n"}, kFile), "all\n");
}

std::string what_is_wrong(const Page& page, std::string_view file) {
  try {
    with_text(page, file);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "nothing";
}

TEST(Page, says_which_marker_a_file_lacks) {
  EXPECT_EQ(what_is_wrong({"f.md", "three", ""}, kFile),
            "f.md: has no line <!-- made by ./dev tables: three -->");
  EXPECT_EQ(what_is_wrong({"f.md", "a", ""}, "<!-- made by ./dev tables: a -->\ntext\n"),
            "f.md: has no line <!-- end --> behind <!-- made by ./dev tables: a -->");
  // The end of the next part is not this one's.
  EXPECT_EQ(what_is_wrong({"f.md", "a", ""},
                          "<!-- made by ./dev tables: a -->\nby hand\n"
                          "<!-- made by ./dev tables: b -->\n<!-- end -->\n"),
            "f.md: has no line <!-- end --> behind <!-- made by ./dev tables: a -->");
  // A name that another begins with is not it.
  EXPECT_NE(what_is_wrong({"f.md", "on", ""}, kFile), "nothing");
}

class PageOnDisk : public testing::Test {
 protected:
  std::string name() const { return std::filesystem::path(file_.path()).filename(); }
  std::filesystem::path root() const { return std::filesystem::path(file_.path()).parent_path(); }

  const test::TemporaryFile file_{kFile};
};

TEST_F(PageOnDisk, is_checked_until_it_is_written) {
  const std::vector<Page> pages{{name(), "one", "new\n"}, {name(), "two", "also new\n"}};
  const auto problems = check(pages, root());
  ASSERT_EQ(problems.size(), 2u);
  EXPECT_EQ(problems[0], name() +
                             ", \"one\": is not what the lists say, run ./dev tables: line 3 is\n"
                             "  old\nand should be\n  new");
  EXPECT_EQ(write(pages, root()), std::vector<std::string>{name()});
  EXPECT_TRUE(check(pages, root()).empty());
  EXPECT_TRUE(write(pages, root()).empty());
}

TEST_F(PageOnDisk, that_is_missing_is_made_if_it_is_made_as_a_whole) {
  EXPECT_EQ(check({{name() + ".not", "", "all\n"}}, root()).size(), 1u);
  EXPECT_THROW(check({{name() + ".not", "one", "new\n"}}, root()), std::runtime_error);
}

TEST_F(PageOnDisk, that_is_empty_is_written) {
  file_.rewrite("");
  EXPECT_EQ(write({{name(), "", "all\n"}}, root()), std::vector<std::string>{name()});
  EXPECT_TRUE(check({{name(), "", "all\n"}}, root()).empty());
}

TEST_F(PageOnDisk, is_left_alone_where_another_cannot_be_written) {
  EXPECT_THROW(write({{name(), "one", "new\n"}, {name(), "three", "new\n"}}, root()),
               std::runtime_error);
  EXPECT_EQ(check({{name(), "one", "old\n"}}, root()).size(), 0u);
}

TEST_F(PageOnDisk, that_ends_too_early_or_too_late_differs) {
  file_.rewrite("a\n");
  EXPECT_EQ(check({{name(), "", "a\nb\n"}}, root()).size(), 1u);
  file_.rewrite("a\nb\n");
  EXPECT_EQ(check({{name(), "", "a\n"}}, root()).size(), 1u);
}

}  // namespace
}  // namespace cero::tables
