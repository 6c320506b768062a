// Goal: a trace is drawn whole: every span once, under its parent, with what it holds.
// Method: expected drawings, and seeded random families, malformed ones too, in which every span
// must appear once.
#include "console/trace_tree.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace cero::core {
namespace {

constexpr uint64_t kStart = 1'750'000'000'000'000'000;
constexpr uint64_t kMicrosecond = 1000;
constexpr uint64_t kMillisecond = 1'000'000;

ReadableSpan span(std::string id, std::string parent, std::string name, uint64_t start_ns = 0,
                  uint64_t end_ns = 0) {
  ReadableSpan result;
  result.trace_id = "4bf9";
  result.span_id = std::move(id);
  result.parent_span_id = std::move(parent);
  result.name = std::move(name);
  result.kind = "internal";
  result.start_unix_ns = kStart + start_ns;
  result.end_unix_ns = kStart + end_ns;
  return result;
}

TEST(DurationText, has_three_digits_and_a_unit) {
  const std::pair<uint64_t, const char*> cases[] = {{0, "0 ns"},
                                                    {999, "999 ns"},
                                                    {1000, "1.00 us"},
                                                    {9'994, "9.99 us"},
                                                    {9'995, "10.0 us"},
                                                    {99'940, "99.9 us"},
                                                    {99'950, "100 us"},
                                                    {999'499, "999 us"},
                                                    {999'500, "1.00 ms"},
                                                    {12'345'678, "12.3 ms"},
                                                    {999'500'000, "1.00 s"},
                                                    {90'000'000'000, "90.0 s"},
                                                    {3'600'000'000'000, "3600 s"}};
  for (const auto& [nanoseconds, text] : cases) EXPECT_EQ(duration_text(nanoseconds), text);
}

TEST(TraceTree, draws_all_a_span_holds) {
  std::vector<ReadableSpan> spans = {
      span("c", "b", "SELECT item", 2 * kMillisecond, 2'820 * kMicrosecond),
      span("b", "a", "GET inventory", 1'200 * kMicrosecond, 6'300 * kMicrosecond),
      span("d", "a", "render", 10'900 * kMicrosecond, 12 * kMillisecond),
      span("a", "", "GET /checkout", 0, 12'300 * kMicrosecond)};
  spans[0].status = ReadableSpan::Status::error;
  spans[0].status_message = "no such table";
  spans[0].events = {{spans[0].start_unix_ns + 790 * kMicrosecond,
                      "exception",
                      {{"exception.message", "\"no such table\""}}}};
  spans[1].kind = "client";
  spans[1].attributes = {{"server.address", "\"localhost\""}};
  spans[1].links = {{"77", "88", {}}};
  spans[2].status = ReadableSpan::Status::ok;
  spans[2].dropped_attributes = 1;
  spans[2].dropped_links = 2;
  spans[3].kind = "server";
  spans[3].service = "gateway";
  spans[3].scope = "shop.http 1.0";
  spans[3].attributes = {{"http.request.method", "\"GET\""}, {"http.route", "\"/checkout\""}};
  EXPECT_EQ(draw_trace(spans, {}),
            "trace 4bf9, 4 spans, 12.3 ms\n"
            "GET /checkout  12.3 ms  server  gateway [shop.http 1.0]\n"
            "│ http.request.method=\"GET\" http.route=\"/checkout\"\n"
            "├─ GET inventory  5.10 ms at +1.20 ms  client\n"
            "│  │ server.address=\"localhost\"\n"
            "│  │ -> trace 77 span 88\n"
            "│  └─ SELECT item  820 us at +2.00 ms  ERROR: no such table\n"
            "│       * exception at +790 us  exception.message=\"no such table\"\n"
            "└─ render  1.10 ms at +10.9 ms  OK\n"
            "     dropped: 1 attributes, 2 links\n");
}

TEST(TraceTree, says_whose_child_a_top_span_is) {
  std::vector<ReadableSpan> spans = {span("b", "gone", "orphan"), span("a", "far", "entry")};
  spans[1].parent_is_remote = true;
  spans[1].service = "shop";
  EXPECT_EQ(draw_trace(spans, {}),
            "trace 4bf9, 2 spans, 0 ns\n"
            "orphan  0 ns  (parent gone)\n"
            "entry  0 ns  shop (remote parent far)\n");
}

TEST(TraceTree, orders_siblings_by_start) {
  const std::vector<ReadableSpan> spans = {
      span("a", "", "root", 0, 9), span("b", "a", "late", 5, 6), span("c", "a", "early", 1, 2)};
  EXPECT_EQ(draw_trace(spans, {}),
            "trace 4bf9, 3 spans, 9 ns\n"
            "root  9 ns\n"
            "├─ early  1 ns at +1 ns\n"
            "└─ late  1 ns at +5 ns\n");
}

TEST(TraceTree, wraps_attributes) {
  std::vector<ReadableSpan> spans = {span("a", "", "", 0, 0)};
  const std::string long_value(60, 'x');
  spans[0].attributes = {{"a", long_value}, {"b", long_value}, {"c", "1"}};
  EXPECT_EQ(draw_trace(spans, {}),
            "trace 4bf9, 1 span, 0 ns\n"
            "(no name)  0 ns\n"
            "  a=" +
                long_value +
                "\n"
                "  b=" +
                long_value + " c=1\n");
}

TEST(TraceTree, survives_times_that_run_backwards) {
  std::vector<ReadableSpan> spans = {span("a", "", "root", 10, 5)};
  spans[0].events = {{kStart, "before", {}}};
  EXPECT_EQ(draw_trace(spans, {}),
            "trace 4bf9, 1 span, 0 ns\n"
            "root  0 ns\n"
            "  * before at +0 ns\n");
}

TEST(TraceTree, colours_only_when_asked) {
  std::vector<ReadableSpan> spans = {span("a", "", "root")};
  spans[0].status = ReadableSpan::Status::error;
  EXPECT_EQ(draw_trace(spans, {}).find('\x1b'), std::string::npos);
  const std::string colored = draw_trace(spans, {.color = true});
  EXPECT_NE(colored.find("\x1b[1mroot\x1b[0m"), std::string::npos);
  EXPECT_NE(colored.find("\x1b[31mERROR\x1b[0m"), std::string::npos);
}

TEST(TraceTree, draws_a_long_chain_in_linear_room) {
  std::vector<ReadableSpan> spans;
  constexpr int kLength = 20'000;
  for (int i = 0; i < kLength; ++i) {
    spans.push_back(span(std::to_string(i), i == 0 ? "" : std::to_string(i - 1), "link"));
  }
  EXPECT_LT(draw_trace(spans, {}).size(), size_t{kLength} * 400);
}

TEST(TraceTree, draws_every_span_once_whatever_the_parents) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (int round = 0; round < 500; ++round) {
    const size_t count = 1 + random() % 20;
    std::vector<ReadableSpan> spans;
    for (size_t i = 0; i < count; ++i) {
      // Few ids, so that there are cycles, duplicates and missing parents.
      spans.push_back(span(std::to_string(random() % count), std::to_string(random() % (count + 2)),
                           "<" + std::to_string(i) + ">", random() % 100, random() % 100));
    }
    const std::string drawing = draw_trace(spans, {});
    for (const ReadableSpan& one : spans) {
      const size_t at = drawing.find(one.name);
      ASSERT_NE(at, std::string::npos) << one.name << "\n" << drawing;
      ASSERT_EQ(drawing.find(one.name, at + 1), std::string::npos) << one.name << "\n" << drawing;
    }
  }
}

}  // namespace
}  // namespace cero::core
