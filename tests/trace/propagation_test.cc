// Goal: traceparent and tracestate are read and written as W3C Trace Context Level 2 says.
// Method: the cases of the W3C trace-context suite restated against from_headers, to_traceparent,
// inject and extract; one seeded random pass over broken headers.
#include "cero/propagation.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace cero {
namespace {

constexpr std::string_view kTraceHex = "12345678901234567890123456789012";
constexpr std::string_view kSpanHex = "1234567890123456";
const std::string kGood = "00-12345678901234567890123456789012-1234567890123456-01";

SpanContext read(std::vector<std::string_view> traceparents,
                 std::vector<std::string_view> tracestates = {}) {
  return from_headers(traceparents, tracestates);
}

TEST(Traceparent, reads_ids_and_flags_as_remote) {
  const SpanContext context = read({kGood});
  ASSERT_TRUE(context.valid());
  EXPECT_EQ(context.trace_id().to_hex(), kTraceHex);
  EXPECT_EQ(context.span_id().to_hex(), kSpanHex);
  EXPECT_TRUE(context.sampled());
  EXPECT_TRUE(context.remote());
  EXPECT_TRUE(context.trace_state().empty());
}

TEST(Traceparent, is_written_as_it_was_read) {
  for (const char* flags : {"00", "01", "02", "03"}) {
    const std::string text = kGood.substr(0, 53) + flags;
    EXPECT_EQ(to_traceparent(read({text})), text);
  }
}

TEST(Traceparent, of_an_invalid_context_is_empty) {
  EXPECT_EQ(to_traceparent(SpanContext()), "");
  EXPECT_EQ(to_traceparent(SpanContext(*TraceId::from_hex(kTraceHex), SpanId(), 1)), "");
}

TEST(Traceparent, undefined_flags_are_zero_on_output) {
  EXPECT_EQ(to_traceparent(read({kGood.substr(0, 53) + "ff"})), kGood.substr(0, 53) + "03");
  const SpanContext own(*TraceId::from_hex(kTraceHex), *SpanId::from_hex(kSpanHex), 0xf5);
  EXPECT_EQ(to_traceparent(own), kGood);
}

TEST(Traceparent, absent_or_repeated_restarts_the_trace) {
  EXPECT_FALSE(read({}).valid());
  EXPECT_FALSE(read({kGood, kGood}).valid());
  EXPECT_FALSE(read({kGood, "00-12345678901234567890123456789011-1234567890123456-01"}).valid());
  EXPECT_FALSE(read({kGood + "," + kGood}).valid());
}

TEST(Traceparent, whitespace_around_it_is_no_part_of_it) {
  for (const char* space : {" ", "\t", " \t "}) {
    EXPECT_TRUE(read({space + kGood}).valid());
    EXPECT_TRUE(read({kGood + space}).valid());
    EXPECT_TRUE(read({space + kGood + space}).valid());
  }
  EXPECT_FALSE(read({"\n" + kGood}).valid());
}

TEST(Traceparent, later_versions_are_read_as_version_00) {
  for (const char* text :
       {"cc-12345678901234567890123456789012-1234567890123456-01",
        "cc-12345678901234567890123456789012-1234567890123456-01-",
        "cc-12345678901234567890123456789012-1234567890123456-01-what-the-future"}) {
    const SpanContext context = read({text});
    ASSERT_TRUE(context.valid()) << text;
    EXPECT_EQ(to_traceparent(context), kGood);
  }
  EXPECT_FALSE(read({"cc-12345678901234567890123456789012-1234567890123456-01.what"}).valid());
  EXPECT_FALSE(read({"cc-12345678901234567890123456789012-1234567890123456-0"}).valid());
}

TEST(Traceparent, malformed_ones_are_refused) {
  for (const char* text :
       {"",
        "-",
        "00",
        "ff-12345678901234567890123456789012-1234567890123456-01",  // version ff
        "0x-12345678901234567890123456789012-1234567890123456-01",  // version not hex
        "CC-12345678901234567890123456789012-1234567890123456-01",
        "0-12345678901234567890123456789012-1234567890123456-01",    // version too short
        "000-12345678901234567890123456789012-1234567890123456-01",  // version too long
        "00-00000000000000000000000000000000-1234567890123456-01",   // zero ids
        "00-12345678901234567890123456789012-0000000000000000-01",
        "00-.2345678901234567890123456789012-1234567890123456-01",  // characters
        "00-1234567890123456789012345678901.-1234567890123456-01",
        "00-ABCDEF78901234567890123456789012-1234567890123456-01",
        "00-12345678901234567890123456789012-.234567890123456-01",
        "00-12345678901234567890123456789012-ABCDEF7890123456-01",
        "00-12345678901234567890123456789012-1234567890123456-.0",
        "00-12345678901234567890123456789012-1234567890123456-0.",
        "00-12345678901234567890123456789012-1234567890123456-0A",
        "00-123456789012345678901234567890123-1234567890123456-01",  // lengths
        "00-1234567890123456789012345678901-1234567890123456-01",
        "00-12345678901234567890123456789012-12345678901234567-01",
        "00-12345678901234567890123456789012-123456789012345-01",
        "00-12345678901234567890123456789012-1234567890123456-001",
        "00-12345678901234567890123456789012-1234567890123456-1",
        "00-12345678901234567890123456789012-1234567890123456-01-",  // version 00 has no more
        "00-12345678901234567890123456789012-1234567890123456-01-what",
        "00_12345678901234567890123456789012-1234567890123456-01",  // dashes
        "00-12345678901234567890123456789012_1234567890123456-01",
        "00-12345678901234567890123456789012-1234567890123456_01"}) {
    EXPECT_FALSE(read({text}, {"foo=1"}).valid()) << text;
    EXPECT_TRUE(read({text}, {"foo=1"}).trace_state().empty()) << text;
  }
}

TEST(Tracestate, several_headers_are_joined_in_order) {
  EXPECT_EQ(read({kGood}, {"foo=1", "bar=2"}).trace_state().to_header(), "foo=1,bar=2");
  EXPECT_EQ(read({kGood}, {"", "foo=1", "", "bar=2", ""}).trace_state().to_header(), "foo=1,bar=2");
  EXPECT_EQ(read({kGood}, {"foo=1,", " ,bar=2"}).trace_state().to_header(), "foo=1,bar=2");
}

TEST(Tracestate, a_bad_one_does_not_spoil_the_traceparent) {
  for (const char* state : {"foo", "FOO=1", "foo=bar=baz", "foo=,bar=3"}) {
    const SpanContext context = read({kGood}, {state});
    EXPECT_TRUE(context.valid()) << state;
    EXPECT_TRUE(context.trace_state().empty()) << state;
  }
}

TEST(Tracestate, limit_of_32_members_holds_over_all_headers) {
  std::string first;
  std::string second;
  for (int i = 0; i < 16; ++i) {
    first += "a" + std::to_string(i) + "=1,";
    second += "b" + std::to_string(i) + "=1,";
  }
  EXPECT_TRUE(read({kGood}, {first, second}).trace_state().get("b15").has_value());
  EXPECT_TRUE(read({kGood}, {first, second, "c=1"}).trace_state().empty());
}

TEST(Tracestate, carries_512_characters_and_cuts_whole_members_beyond) {
  const std::string half_a = "a=" + std::string(253, 'x');  // 255 characters
  const std::string half_b = "b=" + std::string(254, 'x');
  const std::string fits = half_a + "," + half_b;
  ASSERT_EQ(fits.size(), 512u);
  EXPECT_EQ(read({kGood}, {fits}).trace_state().to_header(), fits);
  EXPECT_EQ(read({kGood}, {fits + ",k=1"}).trace_state().to_header(), half_a + ",k=1");
}

TEST(Propagation, inject_and_extract_round_trip) {
  const SpanContext context(*TraceId::from_hex(kTraceHex), *SpanId::from_hex(kSpanHex),
                            TraceFlags::kSampled | TraceFlags::kRandom, false,
                            TraceState::from_header("foo=1"));
  std::multimap<std::string, std::string, std::less<>> carrier;
  inject([&](std::string_view name, std::string_view value) { carrier.emplace(name, value); },
         context);
  EXPECT_EQ(carrier.size(), 2u);
  const SpanContext remote = extract([&](std::string_view name) {
    std::vector<std::string> values;
    const auto [first, last] = carrier.equal_range(name);
    for (auto at = first; at != last; ++at) values.push_back(at->second);
    return values;
  });
  EXPECT_TRUE(remote.remote());
  EXPECT_EQ(remote, SpanContext(context.trace_id(), context.span_id(), context.flags(), true,
                                context.trace_state()));
}

TEST(Propagation, inject_writes_only_the_headers_needed) {
  int headers = 0;
  const auto count = [&](std::string_view, std::string_view) { ++headers; };
  inject(count, SpanContext());
  EXPECT_EQ(headers, 0);
  inject(count, read({kGood}));
  EXPECT_EQ(headers, 1);
}

TEST(Propagation, random_damage_never_yields_a_context_that_does_not_round_trip) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const std::string alphabet = "0f-gF \t";
  int valid = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string text = kGood;
    for (auto damage = random() % 3; damage > 0; --damage) {
      text[random() % text.size()] = alphabet[random() % alphabet.size()];
    }
    if (random() % 8 == 0) text.resize(random() % 60, '0');
    const SpanContext context = read({text});
    if (!context.valid()) continue;
    ++valid;
    ASSERT_EQ(read({to_traceparent(context)}), context) << text;
  }
  EXPECT_GT(valid, 1000);
}

}  // namespace
}  // namespace cero
