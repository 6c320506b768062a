// Goal: what memory_max is divided into is all that a provider holds, and options that do not fit
// are named with what to lower.
#include "config/memory_budget.h"

#include <gtest/gtest.h>

#include "config/valid_options.h"

namespace cero::core {
namespace {

constexpr uint64_t kMebi = uint64_t{1} << 20;

uint64_t total(const Options& options) {
  return working_memory(options).total() + *options.rings_bytes_max +
         *options.open_spans_bytes_max + *options.exporter.retry_bytes_max;
}

std::string problems(Options options) {
  const auto valid = validate(std::move(options));
  return valid ? "" : valid.error().message();
}

testing::AssertionResult mentions(const std::string& text, std::string_view part) {
  if (text.find(part) != std::string::npos) return testing::AssertionSuccess();
  return testing::AssertionFailure() << text;
}

// The least that a provider can work with.
Options small() {
  Options options;
  options.batch.bytes_max = 64 << 10;
  options.span_bytes_max = 64 << 10;
  options.exporter.requests_in_flight_max = 1;
  options.exporter.response_bytes_max = 1 << 10;
  return options;
}

TEST(MemoryBudget, leaves_each_store_its_default_without_memory_max) {
  const auto valid = validate(Options{});
  ASSERT_TRUE(valid);
  EXPECT_EQ((*valid)->rings_bytes_max, 256 * kMebi);
  EXPECT_EQ((*valid)->open_spans_bytes_max, 64 * kMebi);
  EXPECT_EQ((*valid)->exporter.retry_bytes_max, 64 * kMebi);
  EXPECT_LE(total(**valid), 410 * kMebi) << "as options.h says";
  EXPECT_GE(total(**valid), 400 * kMebi);
}

TEST(MemoryBudget, is_divided_among_what_is_unset) {
  for (const uint64_t memory_max : {64 * kMebi, 100 * kMebi + 1, 2'000 * kMebi}) {
    Options options;
    options.memory_max = memory_max;
    const auto valid = validate(options);
    ASSERT_TRUE(valid) << valid.error().message();
    EXPECT_LE(total(**valid), memory_max);
    EXPECT_GE(total(**valid), memory_max - 6) << "nothing is left over";
    EXPECT_EQ(*(*valid)->rings_bytes_max, 4 * *(*valid)->exporter.retry_bytes_max);
    EXPECT_EQ((*valid)->open_spans_bytes_max, (*valid)->exporter.retry_bytes_max);
  }
}

TEST(MemoryBudget, lends_ring_memory_where_nothing_else_bounds_it) {
  Options options;
  EXPECT_FALSE(validate(options).value().lends_ring_memory());
  options.memory_max = 100 * kMebi;
  EXPECT_TRUE(validate(options).value().lends_ring_memory());
  Options rings_set = options;
  rings_set.rings_bytes_max = 20 * kMebi;
  EXPECT_FALSE(validate(rings_set).value().lends_ring_memory());
  Options retry_set = options;
  retry_set.exporter.retry_bytes_max = 20 * kMebi;
  EXPECT_FALSE(validate(retry_set).value().lends_ring_memory());
}

TEST(MemoryBudget, keeps_what_is_set) {
  Options options;
  options.memory_max = 200 * kMebi;
  options.exporter.retry_bytes_max = 100 * kMebi;
  const auto valid = validate(options);
  ASSERT_TRUE(valid);
  EXPECT_EQ((*valid)->exporter.retry_bytes_max, 100 * kMebi);
  EXPECT_LE(total(**valid), 200 * kMebi);
  EXPECT_GE(total(**valid), 200 * kMebi - 6);
}

TEST(MemoryBudget, works_down_to_its_least) {
  Options options = small();
  options.memory_max = 16 * kMebi;
  EXPECT_EQ(problems(options), "");
  options.memory_max = 16 * kMebi - 1;
  EXPECT_TRUE(mentions(problems(options), "memory_max is 16777215: choose from 16777216 to"));
}

TEST(MemoryBudget, says_what_needs_it_and_what_would_do) {
  Options options;
  options.memory_max = 32 * kMebi;
  options.rings_bytes_max = 20 * kMebi;
  const std::string message = problems(options);
  EXPECT_TRUE(mentions(message, "\n  memory_max is 33554432, but "));
  EXPECT_TRUE(mentions(message, "for requests (batch.bytes_max), 9 MiB for answers"));
  EXPECT_TRUE(mentions(message, "; rings_bytes_max is 20 MiB: raise it to "));
  // What it says is true.
  const size_t at = message.find("raise it to ") + std::string_view("raise it to ").size();
  const uint64_t enough = std::stoull(message.substr(at));
  options.memory_max = enough;
  EXPECT_EQ(problems(options), "");
  options.memory_max = enough - 1;
  EXPECT_NE(problems(options), "");
}

TEST(MemoryBudget, needs_more_for_more_endpoints_and_larger_requests) {
  const Options one = small();
  Options several = small();
  several.exporter.more_endpoints.resize(3);
  EXPECT_EQ(working_memory(several).answers - working_memory(one).answers,
            3 * one.exporter.response_bytes_max);
  EXPECT_EQ(working_memory(several).connections, 4 * working_memory(one).connections);
  Options larger = small();
  larger.batch.bytes_max = 64 << 20;
  EXPECT_GT(working_memory(larger).bodies, 600 * kMebi);
}

TEST(MemoryBudget, holds_each_store_to_its_range_with_and_without_memory_max) {
  for (const std::optional<uint64_t> memory_max : {std::optional<uint64_t>(), {400 * kMebi}}) {
    Options options;
    options.memory_max = memory_max;
    options.exporter.retry_bytes_max = 1;
    EXPECT_TRUE(mentions(problems(options), "exporter.retry_bytes_max is 1: choose from 1048576"));
    options.exporter.retry_bytes_max = UINT64_MAX;
    EXPECT_TRUE(mentions(problems(options), "exporter.retry_bytes_max is 18446744073709551615"));
  }
}

}  // namespace
}  // namespace cero::core
