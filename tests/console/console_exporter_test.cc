// Goal: each span is printed once, with its trace when its local root comes, else after 5 s or for
// room.
// Method: requests made by hand, a manual clock, and a sink that keeps each trace printed as the
// list of its span names.
#include "console/console_exporter.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "console/console_spans.h"
#include "support/manual_clock.h"

namespace cero::core {
namespace {

using test::ConsoleSpan;
using test::request_of;
using Prints = std::vector<std::string>;

// "span-xy" of each line that has one, in order.
std::string names_in(std::string_view drawing) {
  std::string names;
  for (size_t at = drawing.find("span-"); at != std::string_view::npos;
       at = drawing.find("span-", at + 1)) {
    names.append(names.empty() ? "" : " ").append(drawing.substr(at + 5, 2));
  }
  return names;
}

class ConsoleExporterTest : public testing::Test {
 protected:
  void consume(const std::vector<ConsoleSpan>& spans) {
    ASSERT_TRUE(exporter_.consume(request_of(spans)));
  }
  // What was printed since the last call.
  Prints printed() { return std::exchange(prints_, {}); }

  test::ManualClock clock_;
  Prints prints_;
  ConsoleExporter exporter_{
      {}, clock_, [this](std::string_view text) { prints_.push_back(names_in(text)); }};
};

TEST_F(ConsoleExporterTest, prints_a_trace_when_its_root_has_ended) {
  consume({{'t', 'b', 'a'}, {'t', 'c', 'b'}});
  EXPECT_EQ(printed(), Prints{});
  EXPECT_EQ(exporter_.held_count(), 2u);
  consume({{'t', 'a'}});
  EXPECT_EQ(printed(), Prints{"ta tb tc"});
  EXPECT_EQ(exporter_.held_count(), 0u);
}

TEST_F(ConsoleExporterTest, takes_a_span_with_a_remote_parent_for_a_local_root) {
  consume({{'t', 'b', 'a'}});
  consume({{'t', 'a', 'x', true}});
  EXPECT_EQ(printed(), Prints{"ta tb"});
}

TEST_F(ConsoleExporterTest, prints_children_that_follow_the_root_in_the_same_request) {
  consume({{'t', 'a'}, {'t', 'b', 'a'}});
  EXPECT_EQ(printed(), Prints{"ta tb"});
}

TEST_F(ConsoleExporterTest, keeps_traces_apart) {
  consume({{'t', 'b', 'a'}, {'u', 'b', 'a'}});
  consume({{'u', 'a'}});
  EXPECT_EQ(printed(), Prints{"ua ub"});
  consume({{'t', 'a'}});
  EXPECT_EQ(printed(), Prints{"ta tb"});
}

TEST_F(ConsoleExporterTest, prints_after_five_seconds_without_a_root) {
  consume({{'t', 'b', 'a'}});
  const TimePoint due = exporter_.next_due();
  EXPECT_EQ(due - clock_.now(), std::chrono::seconds(5));
  clock_.advance(std::chrono::seconds(3));
  consume({{'t', 'c', 'a'}});
  EXPECT_EQ(exporter_.next_due(), due) << "the first span's time counts";
  clock_.advance(std::chrono::seconds(2) - std::chrono::nanoseconds(1));
  exporter_.tick();
  EXPECT_EQ(printed(), Prints{});
  clock_.advance(std::chrono::nanoseconds(1));
  exporter_.tick();
  EXPECT_EQ(printed(), Prints{"tb tc"});
  EXPECT_EQ(exporter_.next_due(), TimePoint::max());
}

TEST_F(ConsoleExporterTest, prints_late_spans_at_once_and_alone) {
  consume({{'t', 'a'}});
  EXPECT_EQ(printed(), Prints{"ta"});
  consume({{'t', 'b', 'a'}});
  EXPECT_EQ(printed(), Prints{"tb"});
  consume({{'u', 'b', 'a'}});
  clock_.advance(std::chrono::seconds(5));
  exporter_.tick();
  EXPECT_EQ(printed(), Prints{"ub"});
  consume({{'u', 'a'}});
  EXPECT_EQ(printed(), Prints{"ua"});
}

TEST_F(ConsoleExporterTest, flush_prints_all_that_is_held_oldest_first) {
  consume({{'t', 'b', 'a'}, {'u', 'b', 'a'}});
  exporter_.flush();
  EXPECT_EQ(printed(), (Prints{"tb", "ub"}));
  exporter_.flush();
  EXPECT_EQ(printed(), Prints{});
}

TEST_F(ConsoleExporterTest, holds_at_most_1000_spans_and_prints_the_oldest_trace_for_room) {
  consume({{'o', 'b', 'a'}});
  consume(std::vector<ConsoleSpan>(999, {'t', 'b', 'a'}));
  EXPECT_EQ(exporter_.held_count(), 1000u);
  EXPECT_EQ(printed(), Prints{});
  consume({{'u', 'b', 'a'}});
  EXPECT_EQ(printed(), Prints{"ob"});
  EXPECT_EQ(exporter_.held_count(), 1000u);
}

TEST_F(ConsoleExporterTest, prints_a_trace_of_more_than_1000_spans_in_parts) {
  consume(std::vector<ConsoleSpan>(2500, {'t', 'b', 'a'}));
  size_t spans = 0;
  for (const std::string& names : printed()) spans += (names.size() + 1) / 3;
  EXPECT_EQ(spans, 2500u) << "once its first part was printed, the rest is late";
  EXPECT_EQ(exporter_.held_count(), 0u);
}

TEST_F(ConsoleExporterTest, refuses_what_is_no_request) {
  EXPECT_FALSE(exporter_.consume("\xff"));
  EXPECT_EQ(exporter_.held_count(), 0u);
}

TEST_F(ConsoleExporterTest, random_arrivals_print_every_span_once) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  std::map<std::string, int> due;  // by name: times arrived less times printed
  for (int round = 0; round < 3000; ++round) {
    std::vector<ConsoleSpan> spans;
    for (auto count = random() % 30; count > 0; --count) {
      const ConsoleSpan one{
          static_cast<char>('A' + random() % 26), static_cast<char>('a' + random() % 26),
          random() % 10 == 0 ? '\0' : static_cast<char>('a' + random() % 26), random() % 20 == 0};
      spans.push_back(one);
      ++due[std::string{one.trace, one.id}];
    }
    consume(spans);
    clock_.advance(std::chrono::milliseconds(random() % 2000));
    if (random() % 2 == 0) exporter_.tick();
    ASSERT_LE(exporter_.held_count(), ConsoleExporter::kHeldSpansMax);
  }
  exporter_.flush();
  for (const std::string& names : printed()) {
    for (size_t at = 0; at < names.size(); at += 3) --due[names.substr(at, 2)];
  }
  for (const auto& [name, count] : due) ASSERT_EQ(count, 0) << name;
}

}  // namespace
}  // namespace cero::core
