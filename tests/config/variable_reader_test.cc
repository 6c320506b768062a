// Goal: a variable is its value, or it is unset and the user is told why; never half of it.
// Method: one variable at a time, and a handler that keeps what it is told.
#include "config/variable_reader.h"

#include <gtest/gtest.h>

#include <vector>

namespace cero::core {
namespace {

using std::chrono::milliseconds;

class VariableReaderTest : public testing::Test {
 protected:
  VariableReader& with(const char* value) {
    value_ = value;
    warnings_.clear();
    return reader_;
  }
  void expect_warning(const std::string& part) const {
    ASSERT_EQ(warnings_.size(), 1u);
    EXPECT_NE(warnings_[0].find(part), std::string::npos) << warnings_[0];
  }

  std::optional<std::string> value_;
  std::vector<std::string> warnings_;
  const Environment environment_ = [this](std::string_view) { return value_; };
  const LogHandler handler_ = [this](Severity severity, std::string_view message) {
    EXPECT_EQ(severity, Severity::warning);
    warnings_.emplace_back(message);
  };
  VariableReader reader_{environment_, handler_};
};

constexpr Range kOneToNine{1, 9};

TEST_F(VariableReaderTest, takes_an_empty_variable_for_an_unset_one) {
  with("");
  EXPECT_EQ(reader_.text("V"), std::nullopt);
  EXPECT_EQ(reader_.integer("V", kOneToNine), std::nullopt);
  EXPECT_EQ(reader_.ratio("V"), std::nullopt);
  EXPECT_FALSE(reader_.boolean("V"));
  value_.reset();
  EXPECT_EQ(reader_.text("V"), std::nullopt);
  EXPECT_TRUE(warnings_.empty());
}

TEST_F(VariableReaderTest, reads_whole_numbers_up_to_both_ends_of_their_range) {
  EXPECT_EQ(with("1").integer("V", kOneToNine), 1);
  EXPECT_EQ(with("9").integer("V", kOneToNine), 9);
  EXPECT_TRUE(warnings_.empty());
}

TEST_F(VariableReaderTest, ignores_what_is_no_number_of_the_range_and_says_which_is) {
  for (const char* value : {"0", "10", "-1", "4294967297", "2.5", "2s", " 2", "2 ", "0x2", "two"}) {
    EXPECT_EQ(with(value).integer("V", kOneToNine), std::nullopt) << value;
    expect_warning("V=\"" + std::string(value) + "\" is ignored: a whole number from 1 to 9");
  }
}

TEST_F(VariableReaderTest, reads_durations_in_milliseconds) {
  constexpr Range kRange{0, 60'000};
  EXPECT_EQ(with("0").duration("V", kRange), milliseconds(0));
  EXPECT_EQ(with("60000").duration("V", kRange), milliseconds(60'000));
  EXPECT_EQ(with("60001").duration("V", kRange), std::nullopt);
  expect_warning("a whole number of milliseconds from 0 to 60000 is expected");
  EXPECT_EQ(with("10s").duration("V", kRange), std::nullopt);
  expect_warning("a whole number of milliseconds");
}

TEST_F(VariableReaderTest, reads_ratios_and_no_other_numbers) {
  EXPECT_EQ(with("0").ratio("V"), 0.0);
  EXPECT_EQ(with("0.25").ratio("V"), 0.25);
  EXPECT_EQ(with("1e-3").ratio("V"), 1e-3);
  EXPECT_EQ(with("1").ratio("V"), 1.0);
  for (const char* value : {"1.01", "-0.1", "nan", "inf", "0,5", "50%"}) {
    EXPECT_EQ(with(value).ratio("V"), std::nullopt) << value;
    expect_warning("a ratio from 0 to 1 is expected");
  }
}

TEST_F(VariableReaderTest, takes_for_true_only_true) {
  for (const char* value : {"true", "TRUE", "True"}) EXPECT_TRUE(with(value).boolean("V"));
  EXPECT_FALSE(with("False").boolean("V"));
  EXPECT_TRUE(warnings_.empty());
  for (const char* value : {"1", "yes", "true "}) {
    EXPECT_FALSE(with(value).boolean("V")) << value;
    expect_warning("true or false is expected");
  }
}

TEST_F(VariableReaderTest, reads_one_of_a_few_words_in_any_case_and_names_them_otherwise) {
  const auto read = [this] { return reader_.choice<int>("V", {{"gzip", 1}, {"none", 2}}); };
  with("GZip");
  EXPECT_EQ(read(), 1);
  with("none");
  EXPECT_EQ(read(), 2);
  EXPECT_TRUE(warnings_.empty());
  with("gzi");
  EXPECT_EQ(read(), std::nullopt);
  expect_warning("V=\"gzi\" is ignored: supported are: gzip, none");
}

TEST_F(VariableReaderTest, does_not_print_what_may_be_secret) {
  with("api-key: 12345").ignored("V", "it has no '='");
  ASSERT_EQ(warnings_.size(), 1u);
  EXPECT_EQ(warnings_[0], "V is ignored: it has no '='");
}

TEST_F(VariableReaderTest, goes_on_without_a_handler) {
  value_ = "two";
  const LogHandler nobody;
  EXPECT_EQ(VariableReader(environment_, nobody).integer("V", kOneToNine), std::nullopt);
}

}  // namespace
}  // namespace cero::core
