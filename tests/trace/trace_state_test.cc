// Goal: TraceState accepts exactly Level 2's grammar, never holds an invalid list, and shares its
// text safely.
// Method: the cases of the W3C trace-context suite restated, then seeded random headers whose
// result must satisfy the grammar and be stable when read again.
#include "trace/trace_state.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <thread>
#include <vector>

#include "cero/span_context.h"
#include "support/seed.h"

namespace cero {
namespace {

std::string read(std::string_view header) {
  return std::string(TraceState::from_header(header).to_header());
}

std::string members(int count) {
  std::string text;
  for (int i = 1; i <= count; ++i) {
    if (i > 1) text += ',';
    text += "bar" + std::to_string(i) + "=" + std::to_string(i);
  }
  return text;
}

TEST(TraceState, reads_members_in_order) {
  EXPECT_EQ(read("foo=1,bar=2"), "foo=1,bar=2");
  const TraceState state = TraceState::from_header("foo=1,bar=2");
  EXPECT_EQ(state.get("foo"), "1");
  EXPECT_EQ(state.get("bar"), "2");
  EXPECT_EQ(state.get("fo"), std::nullopt);
  EXPECT_EQ(state.get(""), std::nullopt);
}

TEST(TraceState, is_empty_without_members) {
  for (const char* header : {"", " ", ",", " , \t,"}) {
    EXPECT_TRUE(TraceState::from_header(header).empty()) << header;
  }
  EXPECT_EQ(TraceState().to_header(), "");
  EXPECT_EQ(TraceState().get("foo"), std::nullopt);
}

TEST(TraceState, trims_whitespace_and_drops_empty_members) {
  EXPECT_EQ(read("foo=1 \t , \t bar=2, \t baz=3"), "foo=1,bar=2,baz=3");
  EXPECT_EQ(read(" foo=1"), "foo=1");
  EXPECT_EQ(read("\tfoo=1\t"), "foo=1");
  EXPECT_EQ(read("foo=1,,bar=2,"), "foo=1,bar=2");
}

TEST(TraceState, keeps_spaces_inside_a_value_and_in_front_of_it) {
  EXPECT_EQ(read("foo= a b"), "foo= a b");
  EXPECT_EQ(read("foo=a b  ,bar=2"), "foo=a b,bar=2");
}

TEST(TraceState, discards_all_for_one_malformed_member) {
  for (const char* member :
       {"foo", "foo =1", "FOO=1", "foo.bar=1", "@foo=1", "_foo=1", "*=1", "=1",
        "foo=", "foo=bar=baz", "foo=\x7f", "foo=a\tb", "foo=\xc3\xa9", "é=1"}) {
    EXPECT_EQ(read(member), "") << member;
    EXPECT_EQ(read(std::string("a=1,") + member + ",b=2"), "") << member;
  }
}

TEST(TraceState, accepts_level_2_keys) {
  for (const char* member :
       {"foo@=1", "foo@bar=1", "foo@@bar=1", "0foo=1", "a_-*/b=1", "1a-2f@foo=1"}) {
    EXPECT_EQ(read(member), member);
  }
}

TEST(TraceState, accepts_every_allowed_character) {
  const std::string key = "abcdefghijklmnopqrstuvwxyz0123456789_-*/@";
  std::string value;
  for (char c = ' '; c <= '~'; ++c) {
    if (c != ',' && c != '=') value += c;
  }
  const TraceState state = TraceState::from_header(key + "=" + value);
  EXPECT_EQ(state.get(key), value);
}

TEST(TraceState, bounds_key_and_value_at_256) {
  const std::string longest(256, 'z');
  const std::string too_long(257, 'z');
  EXPECT_EQ(TraceState::from_header(longest + "=1").get(longest), "1");
  EXPECT_EQ(read("foo=1," + too_long + "=1"), "");
  EXPECT_EQ(TraceState::from_header("a=" + longest).get("a"), longest);
  EXPECT_EQ(read("foo=1,a=" + too_long), "");
}

TEST(TraceState, bounds_members_at_32) {
  EXPECT_EQ(read(members(32)), members(32));
  EXPECT_EQ(read(members(33)), "");
}

TEST(TraceState, keeps_the_leftmost_of_equal_keys) {
  EXPECT_EQ(read("foo=1,bar=0,foo=2"), "foo=1,bar=0");
  EXPECT_EQ(read("foo=1,foo=1"), "foo=1");
}

TEST(TraceState, moves_a_changed_key_to_the_front) {
  const TraceState state = TraceState::from_header("foo=1,bar=2");
  EXPECT_EQ(state.with("bar", "3").to_header(), "bar=3,foo=1");
  EXPECT_EQ(state.with("new", "0").to_header(), "new=0,foo=1,bar=2");
  EXPECT_EQ(state.to_header(), "foo=1,bar=2") << "the original must not change";
  EXPECT_EQ(TraceState().with("new", "0").to_header(), "new=0");
}

TEST(TraceState, removes_a_key) {
  const TraceState state = TraceState::from_header("foo=1,bar=2");
  EXPECT_EQ(state.without("foo").to_header(), "bar=2");
  EXPECT_EQ(state.without("baz"), state);
  EXPECT_TRUE(state.without("foo").without("bar").empty());
}

TEST(TraceState, ignores_malformed_changes) {
  const TraceState state = TraceState::from_header("foo=1");
  EXPECT_EQ(state.with("", "1"), state);
  EXPECT_EQ(state.with("Bar", "1"), state);
  EXPECT_EQ(state.with("bar", ""), state);
  EXPECT_EQ(state.with("bar", "a,b=1"), state);
  EXPECT_EQ(state.with("bar", "ends in space "), state);
  EXPECT_EQ(state.with(std::string(257, 'z'), "1"), state);
}

TEST(TraceState, refuses_a_33rd_member_but_changes_one_of_32) {
  const TraceState full = TraceState::from_header(members(32));
  EXPECT_EQ(full.with("new", "1"), full);
  const TraceState changed = full.with("bar32", "x");
  EXPECT_EQ(changed.get("bar32"), "x");
  EXPECT_TRUE(changed.to_header().starts_with("bar32=x,bar1=1,"));
}

TEST(TraceState, outlives_what_it_was_copied_from_on_any_thread) {
  std::vector<TraceState> copies;
  {
    const TraceState original = TraceState::from_header("foo=1");
    copies.assign(8, original);
  }
  std::vector<std::thread> threads;
  for (TraceState& copy : copies) {
    threads.emplace_back([state = std::move(copy)]() mutable {
      for (int i = 0; i < 1000; ++i) {
        const TraceState again = state;
        ASSERT_EQ(again.to_header(), "foo=1");
        state = again;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(copies.front().empty()) << "moved from";
}

TEST(TraceState, survives_assignment_to_itself) {
  TraceState state = TraceState::from_header("foo=1");
  const TraceState& same = state;
  state = same;
  EXPECT_EQ(state.to_header(), "foo=1");
}

TEST(TraceStateMembers, cuts_long_members_first_then_from_the_right) {
  const std::string long_a = "a=" + std::string(127, 'x');  // 129 characters
  const std::string long_b = "b=" + std::string(127, 'x');
  const std::string exact = "c=" + std::string(126, 'x');  // 128: not long
  auto cut = [](const std::string& text, size_t length_max) {
    core::TraceStateMembers list = *core::TraceStateMembers::parse(text);
    list.cut(length_max);
    return list.text();
  };
  const std::string all = long_a + ",k=1," + exact + "," + long_b + ",l=2";
  EXPECT_EQ(cut(all, all.size()), all);
  EXPECT_EQ(cut(all, all.size() - 1), long_a + ",k=1," + exact + ",l=2");
  EXPECT_EQ(cut(all, 200), "k=1," + exact + ",l=2");
  EXPECT_EQ(cut(all, 134), "k=1," + exact);
  EXPECT_EQ(cut(all, 3), "k=1");
  EXPECT_EQ(cut(all, 2), "");
}

TEST(TraceState, random_headers_give_valid_and_stable_states) {
  std::mt19937_64 random(test::test_seed());
  const std::string alphabet = "ab1=,,@/ \tZ~";
  int kept = 0;
  for (int round = 0; round < 100'000; ++round) {
    std::string header;
    for (size_t length = random() % 24; length > 0; --length) {
      header += alphabet[random() % alphabet.size()];
    }
    const TraceState state = TraceState::from_header(header);
    const std::string text(state.to_header());
    ASSERT_EQ(read(text), text) << header;
    if (state.empty()) continue;
    ++kept;
    const TraceState changed = state.with("key", "v");
    ASSERT_EQ(changed.without("key"), state.without("key")) << header;
    ASSERT_TRUE(changed.to_header().starts_with("key=v")) << header;
  }
  EXPECT_GT(kept, 100);
}

}  // namespace
}  // namespace cero
