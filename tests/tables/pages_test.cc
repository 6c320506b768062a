// Goal: no name can go missing from a page without a test that fails. Method: copies of this
// tree's pages, each time without the line of one name.
#include "tables/pages.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <stdexcept>

#include "cero/stats.h"
#include "config/option_table.h"

namespace cero::tables {
namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
  std::ostringstream content;
  content << std::ifstream(path).rdbuf();
  return content.str();
}

// A copy of the tree's pages.
class Pages : public testing::Test {
 protected:
  Pages() : root_(testing::TempDir() + "cero_pages_" + std::to_string(getpid())) {
    for (const Page& page : all_pages()) {
      fs::create_directories((root_ / page.path).parent_path());
      fs::copy_file(fs::path(CERO_TREE) / page.path, root_ / page.path,
                    fs::copy_options::overwrite_existing);
    }
  }
  ~Pages() override { fs::remove_all(root_); }

  // Takes the line out that begins with this, and puts it back.
  bool is_missed(const std::string& path, const std::string& line_begin) {
    const std::string whole = read(root_ / path);
    const size_t at = whole.find("\n" + line_begin);
    if (at == std::string::npos) return false;
    std::string cut = whole;
    cut.erase(at, cut.find('\n', at + 1) - at);
    std::ofstream(root_ / path) << cut;
    const bool missed = check(all_pages(), root_).size() == 1;
    std::ofstream(root_ / path) << whole;
    return missed;
  }

  const fs::path root_;
};

TEST_F(Pages, are_as_the_lists_have_them) {
  const auto problems = check(all_pages(), root_);
  EXPECT_TRUE(problems.empty()) << problems.front();
}

TEST_F(Pages, miss_every_name_that_is_taken_out_of_docs_reliability) {
  Stats().visit([&](const StatInfo& info, uint64_t) {
    EXPECT_TRUE(is_missed("docs/reliability.md", "| `" + std::string(info.name) + "` |"))
        << info.name;
  });
  EXPECT_TRUE(is_missed("docs/reliability.md", "| `healthy` |"));
}

TEST_F(Pages, miss_every_option_and_variable_that_is_taken_out_of_docs_configuration) {
  for (const core::OptionRow& option : core::kOptions) {
    EXPECT_TRUE(is_missed("docs/configuration.md", "**`" + std::string(option.name) + "`**"))
        << option.name;
    for (const std::string_view variable : option.variables) {
      if (variable.empty()) continue;
      EXPECT_TRUE(is_missed("docs/configuration.md", "| `" + std::string(variable) + "` |"))
          << variable;
    }
  }
}

TEST_F(Pages, miss_every_keyword_that_is_taken_out_of_the_types_of_python) {
  for (const core::OptionRow& option : core::kOptions) {
    if (option.python.empty() || option.python == "resource") continue;
    const size_t dot = option.python.find('.');  // behind it, the field of a dataclass
    const std::string_view name = option.python.substr(dot == std::string_view::npos ? 0 : dot + 1);
    EXPECT_TRUE(is_missed("python/src/cero/_option_types.pyi", "    " + std::string(name) + ": "))
        << name;
  }
}

TEST_F(Pages, miss_every_field_that_is_taken_out_of_pythons_types) {
  constexpr std::string_view kReason = "dropped.";
  Stats().visit([&](const StatInfo& info, uint64_t) {
    const bool reason = info.name.starts_with(kReason);
    const std::string field(info.name.substr(reason ? kReason.size() : 0));
    EXPECT_TRUE(is_missed("python/src/cero/_stats.pyi", "    " + field + ": int")) << field;
  });
  EXPECT_TRUE(is_missed("python/src/cero/_stats.pyi", "    healthy: bool"));
}

TEST(Lists, are_printed_with_every_name) {
  const auto lists = nlohmann::json::parse(lists_json());
  std::set<std::string> printed;
  for (const auto& row : lists.at("stats")) printed.insert(row.at("name"));
  std::set<std::string> names;
  Stats().visit([&](const StatInfo& info, uint64_t) { names.emplace(info.name); });
  EXPECT_EQ(printed, names);
  EXPECT_EQ(lists.at("endpoint_stats").back().at("name"), "healthy");
  EXPECT_EQ(lists.at("endpoint_stats").back().at("kind"), "gauge");
  ASSERT_EQ(lists.at("options").size(), core::kOptions.size());
  EXPECT_EQ(lists.at("options").front().at("name"), "resource");
  EXPECT_EQ(lists.at("options").front().at("variables").size(), 2u);
}

}  // namespace
}  // namespace cero::tables
