// Reports. Goal: the JSON object has exactly the fields that scripts rely on. Method: made-up
// results.
#include "loadgen/report.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "loadgen/figures.h"
#include "loadgen/ledger.h"

namespace cero::loadgen {
namespace {

std::vector<std::string> keys(const nlohmann::ordered_json& object) {
  std::vector<std::string> names;
  for (const auto& item : object.items()) names.push_back(item.key());
  return names;
}

TEST(Report, json_has_exactly_the_promised_fields) {
  const auto object = nlohmann::ordered_json::parse(to_json(LoadResult()));
  std::vector<std::string> names;
  std::vector<std::string> reasons;
  Stats().visit([&](const StatInfo& info, uint64_t) {
    const std::string name(info.name);
    if (const size_t dot = name.find('.'); dot == std::string::npos) {
      names.push_back(name);
    } else {
      reasons.push_back(name.substr(dot + 1));
    }
  });
  names.insert(names.end(), {"dropped", "seconds", "spans_per_second", "span_ns", "cpu_seconds",
                             "endpoints", "http_version", "rss_bytes"});
  EXPECT_EQ(keys(object), names);
  EXPECT_EQ(keys(object["dropped"]), reasons);
  for (const char* const read_by_scripts :
       {"recorded", "exported", "rejected", "dropped", "in_flight", "requests", "bytes_encoded",
        "bytes_wire", "connections"}) {
    EXPECT_TRUE(object.contains(read_by_scripts)) << read_by_scripts;
  }
  EXPECT_EQ(keys(object["span_ns"]),
            (std::vector<std::string>{"p50", "p90", "p99", "p99.9", "max"}));
  EXPECT_EQ(keys(object["cpu_seconds"]),
            (std::vector<std::string>{"producers", "batch", "export", "total"}));
}

TEST(Report, json_carries_the_figures) {
  LoadResult result;
  result.stats.recorded = 100;
  result.stats.exported = 90;
  result.stats.dropped.ring_full = 10;
  result.stats.http2_responses = 3;
  result.stats.endpoint_count = 1;
  result.stats.endpoints[0] = {.exported = 90, .requests = 4, .failures = 1, .healthy = true};
  result.stats.batch_cpu_ns = 1'500'000'000;
  result.seconds = 2;
  result.span_ns.add(123);
  const auto object = nlohmann::json::parse(to_json(result));
  EXPECT_EQ(object["dropped"]["ring_full"], 10);
  EXPECT_EQ(object["spans_per_second"], 45.0);
  EXPECT_EQ(object["http2_responses"], 3);
  EXPECT_EQ(object["endpoints"], nlohmann::json::parse(R"([{"exported": 90, "requests": 4,
                                     "failures": 1, "healthy": true}])"));
  EXPECT_EQ(object["http_version"], "2");
  EXPECT_EQ(object["cpu_seconds"]["batch"], 1.5);
  EXPECT_EQ(object["span_ns"]["p99.9"], 123);
}

TEST(Report, table_names_the_reasons_that_dropped_something) {
  LoadResult result;
  result.stats.recorded = 1'234'567;
  result.stats.dropped.retry_expired = 42;
  const std::string table = to_table(result);
  EXPECT_NE(table.find("1,234,567"), std::string::npos) << table;
  EXPECT_NE(table.find("retry_expired"), std::string::npos) << table;
  EXPECT_EQ(table.find("ring_full"), std::string::npos) << table;
}

TEST(Ledger, is_read_back_from_its_json) {
  Stats stats;
  uint64_t next = 1;
  stats.visit([&](const StatInfo&, uint64_t& value) { value = next++; });
  const Stats read = parse_ledger(ledger_json(stats));
  uint64_t expected = 1;
  read.visit(
      [&](const StatInfo& info, uint64_t value) { EXPECT_EQ(value, expected++) << info.name; });
  EXPECT_THROW(parse_ledger(nlohmann::json::object()), nlohmann::json::exception);
}

TEST(Ledger, is_lossless_only_if_everything_was_exported) {
  const auto with = [](auto change) {
    Stats stats;
    stats.recorded = 10;
    stats.exported = 10;
    change(stats);
    return is_lossless(stats);
  };
  EXPECT_TRUE(with([](Stats&) {}));
  EXPECT_FALSE(with([](Stats& stats) { stats.rejected = 1; }));
  EXPECT_FALSE(with([](Stats& stats) { stats.in_flight = 1; }));
  EXPECT_FALSE(with([](Stats& stats) { stats.exported = 9; }));
  for (const DropReasonInfo& reason : kDropReasons) {
    EXPECT_FALSE(with([&](Stats& stats) { stats.dropped.*reason.count = 1; })) << reason.name;
  }
}

TEST(Ledger, names_the_http_version_that_answered) {
  Stats stats;
  EXPECT_EQ(http_version(stats), "none");
  stats.http1_responses = 1;
  EXPECT_EQ(http_version(stats), "1.1");
  stats.http2_responses = 1;
  EXPECT_EQ(http_version(stats), "mixed");
  stats.http1_responses = 0;
  EXPECT_EQ(http_version(stats), "2");
}

TEST(Figures, are_readable) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1'000), "1,000");
  EXPECT_EQ(grouped(12'345'678), "12,345,678");
  EXPECT_EQ(nanoseconds(870), "870 ns");
  EXPECT_EQ(nanoseconds(12'340), "12.3 us");
  EXPECT_EQ(nanoseconds(4'560'000), "4.56 ms");
  EXPECT_EQ(ratio(1, 0), 0);
}

}  // namespace
}  // namespace cero::loadgen
