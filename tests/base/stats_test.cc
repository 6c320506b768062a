// The lists of cero/stats.h. Goal: every row is a field, a name in visit() and a part of the sums.
// Method: numbers that differ from row to row.
#include "cero/stats.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

namespace cero {
namespace {

// Each number another one.
Stats all_different() {
  Stats stats;
  uint64_t next = 1;
  stats.visit([&](const StatInfo&, uint64_t& value) { value = next++; });
  return stats;
}

std::map<std::string, uint64_t> by_name(const Stats& stats) {
  std::map<std::string, uint64_t> values;
  stats.visit([&](const StatInfo& info, uint64_t value) {
    EXPECT_TRUE(values.emplace(info.name, value).second) << info.name << " stands there twice";
  });
  return values;
}

TEST(Stats, visits_every_field_once_and_no_other) {
  // All that is not visited is the endpoints.
  EXPECT_EQ(by_name(Stats{}).size() * sizeof(uint64_t), sizeof(Stats) - sizeof(Stats::endpoints));
  const Stats stats = all_different();
  const auto values = by_name(stats);
  EXPECT_EQ(values.at("recorded"), stats.recorded);
  EXPECT_EQ(values.at("in_flight"), stats.in_flight);
  EXPECT_EQ(values.at("export_cpu_ns"), stats.export_cpu_ns);
  EXPECT_EQ(values.at("dropped.ring_full"), stats.dropped.ring_full);
  EXPECT_EQ(values.at("dropped.after_shutdown"), stats.dropped.after_shutdown);
}

TEST(Stats, says_what_each_number_is) {
  const auto check = [](const StatInfo& info, auto) {
    EXPECT_FALSE(info.unit.empty()) << info.name;
    EXPECT_GT(info.description.size(), 10u) << info.name;
    EXPECT_NE(info.description.back(), '.') << info.name << ": pages add it where they need it";
    EXPECT_EQ(info.description.find_first_of("|`\n\"\\"), std::string_view::npos)
        << info.name << ": would have to be escaped in a page or a metric";
  };
  Stats().visit(check);
  EndpointStats().visit(check);
}

TEST(Stats, has_gauges_for_what_goes_down) {
  std::set<std::string_view> gauges;
  Stats().visit([&](const StatInfo& info, uint64_t) {
    if (info.kind == StatKind::gauge) gauges.insert(info.name);
  });
  EXPECT_EQ(gauges, (std::set<std::string_view>{"in_flight", "endpoint_count"}));
}

TEST(Stats, adds_up_all_but_the_endpoints) {
  Stats sum = all_different();
  const uint64_t endpoint_count = sum.endpoint_count;
  sum.endpoints[0].exported = 7;
  Stats other = all_different();
  other.endpoints[0].exported = 100;
  sum += other;
  auto expected = by_name(all_different());
  for (auto& [name, value] : expected) value *= name == "endpoint_count" ? 1 : 2;
  EXPECT_EQ(by_name(sum), expected);
  EXPECT_EQ(sum.endpoint_count, endpoint_count);
  EXPECT_EQ(sum.endpoints[0].exported, 7u);
}

TEST(DroppedSpans, has_a_name_and_a_field_for_every_reason) {
  const Stats stats = all_different();
  uint64_t total = 0;
  std::set<std::string_view> names;
  for (size_t i = 0; i < kDropReasons.size(); ++i) {
    const auto reason = static_cast<DropReason>(i);
    const DropReasonInfo& info = kDropReasons[i];
    EXPECT_EQ(name_of(reason), info.name);
    EXPECT_EQ(stats.dropped[reason], stats.dropped.*info.count);
    EXPECT_EQ(by_name(stats).at("dropped." + std::string(info.name)), stats.dropped[reason]);
    names.insert(info.name);
    total += stats.dropped[reason];
  }
  EXPECT_EQ(names.size() * sizeof(uint64_t), sizeof(DroppedSpans));
  EXPECT_EQ(stats.dropped.total(), total);
  EXPECT_EQ(name_of(DropReason::retry_expired), "retry_expired");
}

TEST(DroppedSpans, can_be_counted_by_reason) {
  DroppedSpans dropped;
  dropped[DropReason::no_memory] += 3;
  EXPECT_EQ(dropped.no_memory, 3u);
  EXPECT_EQ(dropped.total(), 3u);
}

TEST(EndpointStats, visits_every_field) {
  const EndpointStats stats{.exported = 1, .requests = 2, .failures = 3, .healthy = true};
  std::map<std::string_view, uint64_t> values;
  stats.visit([&](const StatInfo& info, uint64_t value) { values[info.name] = value; });
  const std::map<std::string_view, uint64_t> expected{
      {"exported", 1}, {"requests", 2}, {"failures", 3}, {"healthy", 1}};
  EXPECT_EQ(values, expected);
}

}  // namespace
}  // namespace cero
