// Goal: limits drop what the specification says, and the span tells how much; large spans come
// through whole or are counted. Method: as field_by_field_test.cc.
#include <array>

#include "pipeline/field_by_field.h"

namespace cero::test {
namespace {

using namespace std::literals;

TEST_P(FieldByField, limits_drop_the_newest_and_count) {
  begin({.limits = {.attributes_max = 2,
                    .events_max = 1,
                    .links_max = 1,
                    .attributes_per_event_max = 1,
                    .attributes_per_link_max = 1}});
  const SpanContext linked(*TraceId::from_hex("000000000000000000000000000000aa"),
                           *SpanId::from_hex("00000000000000bb"), 0);
  Span span = tracer().start_span("limited", {.attributes = {{"a", 1}, {"b", 2}, {"c", 3}}});
  span.set_attribute("d", 4);
  span.set_attribute("b", "replacing is no addition");
  span.set_attribute("", "no key");
  span.add_event("first", {{"x", 1}, {"y", 2}, {"", 3}, {"x", 4}});
  span.add_event("second");
  span.add_event("third");
  span.add_link(linked, {{"x", 1}, {"y", 2}});
  span.add_link(linked);
  span.end();
  deliver();
  expect(span.context(), R"(name: "limited"
    attributes { key: "a" value { int_value: 1 } }
    attributes { key: "b" value { string_value: "replacing is no addition" } }
    dropped_attributes_count: 3
    events { name: "first" attributes { key: "x" value { int_value: 4 } } dropped_attributes_count: 2 }
    dropped_events_count: 2
    links { trace_id: "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\252" span_id: "\0\0\0\0\0\0\0\273" flags: 0x100
            attributes { key: "x" value { int_value: 1 } } dropped_attributes_count: 1 }
    dropped_links_count: 1)");
  const Stats stats = provider().stats();
  EXPECT_EQ(stats.attributes_dropped, 3u);
  EXPECT_EQ(stats.events_dropped, 2u);
  EXPECT_EQ(stats.links_dropped, 1u);
}

TEST_P(FieldByField, limits_of_zero_drop_everything) {
  begin({.limits = {.attributes_max = 0, .events_max = 0, .links_max = 0}});
  Span span = tracer().start_span("bare");
  span.set_attribute("a", 1);
  span.add_event("e");
  span.add_link(span.context());
  span.end();
  deliver();
  expect(span.context(), R"(name: "bare" dropped_attributes_count: 1 dropped_events_count: 1
    dropped_links_count: 1)");
}

TEST_P(FieldByField, text_is_cut_by_characters_and_bytes_by_bytes) {
  begin({.limits = {.attribute_value_length_max = 3}});
  Span span = tracer().start_span("not cut");
  span.set_attribute("exact", "abc");
  span.set_attribute("ascii", "abcd");
  span.set_attribute("fish", "\xf0\x9f\x90\x9f\xf0\x9f\x90\x9f\xf0\x9f\x90\x9f\xf0\x9f\x90\x9f");
  span.set_attribute("malformed", "a\xff\xfe\xfd");
  span.set_attribute("bytes", std::array{std::byte{1}, std::byte{2}, std::byte{3}, std::byte{4}});
  span.set_attribute("number", 123456);
  span.set_attribute("list", std::array{"abcd"sv, "ab"sv});
  span.set_attribute("map", std::array{Attribute{"long key", "abcd"}});
  span.set_attribute("a long key", true);
  span.add_event("long name", {{"k", "abcd"}});
  span.set_status(StatusCode::error, "long message");
  span.end();
  deliver();
  expect(span.context(), R"(name: "not cut"
    attributes { key: "exact" value { string_value: "abc" } }
    attributes { key: "ascii" value { string_value: "abc" } }
    attributes { key: "fish" value { string_value: "🐟🐟🐟" } }
    attributes { key: "malformed" value { string_value: "a��" } }
    attributes { key: "bytes" value { bytes_value: "\001\002\003" } }
    attributes { key: "number" value { int_value: 123456 } }
    attributes { key: "list" value { array_value { values { string_value: "abc" } values { string_value: "ab" } } } }
    attributes { key: "map" value { kvlist_value { values { key: "long key" value { string_value: "abc" } } } } }
    attributes { key: "a long key" value { bool_value: true } }
    events { name: "long name" attributes { key: "k" value { string_value: "abc" } } }
    status { code: STATUS_CODE_ERROR message: "long message" })");
}

// They would be numbers that no decoder takes, and cost the spans of others in the same request.
TEST_P(FieldByField, kinds_and_statuses_that_there_are_not_become_the_default) {
  begin();
  Span span = tracer().start_span("span", {.kind = static_cast<SpanKind>(200)});
  span.set_status(static_cast<StatusCode>(200), "who knows");
  span.end();
  deliver();
  const official::Span got = received(span.context());
  EXPECT_EQ(got.kind(), official::Span::SPAN_KIND_INTERNAL);
  EXPECT_FALSE(got.has_status());
}

TEST_P(FieldByField, times_before_1970_become_its_first) {
  begin();
  const Timestamp before{-std::chrono::hours(1)};
  Span span = tracer().start_span("span", {.start_time = before});
  span.add_event("event", {}, before);
  span.end(Timestamp{std::chrono::seconds(1)});
  deliver();
  const official::Span got = received(span.context());
  EXPECT_EQ(got.start_time_unix_nano(), 1u);
  EXPECT_EQ(got.events(0).time_unix_nano(), 1u);
  EXPECT_EQ(got.end_time_unix_nano(), 1'000'000'000u);
}

// Arrays inside an array, so many levels in all.
std::vector<AttributeValue> nested(int levels, std::vector<std::vector<AttributeValue>>& kept) {
  std::vector<AttributeValue> innermost{1};
  for (int level = 1; level < levels; ++level) {
    kept.push_back(innermost);
    innermost = {kept.back()};
  }
  return innermost;
}

// Maps inside a map, so many levels in all, whose innermost value is 1.
class NestedMaps {
 public:
  explicit NestedMaps(int levels) {
    maps_.reserve(static_cast<size_t>(levels));  // views into it stay valid
    maps_.push_back({{"k", 1}});
    for (int level = 1; level < levels; ++level) maps_.push_back({{"k", maps_.back()}});
  }
  AttributeValue value() const { return maps_.back(); }

 private:
  std::vector<std::vector<Attribute>> maps_;
};

TEST_P(FieldByField, values_deeper_than_31_levels_become_empty) {
  begin();
  std::vector<std::vector<AttributeValue>> kept;
  kept.reserve(200);  // views into it stay valid
  Span span = tracer().start_span("deep");
  span.set_attribute("31", nested(31, kept));
  span.set_attribute("32", nested(32, kept));
  span.end();
  deliver();
  const official::Span got = received(span.context());
  ASSERT_EQ(got.attributes_size(), 2);
  for (const official::KeyValue& attribute : got.attributes()) {
    int levels = 0;
    const official::AnyValue* value = &attribute.value();
    while (value->has_array_value()) {
      ++levels;
      ASSERT_EQ(value->array_value().values_size(), 1) << "level " << levels;
      value = &value->array_value().values(0);
    }
    EXPECT_EQ(levels, 31);
    EXPECT_EQ(value->has_int_value(), attribute.key() == "31");
  }
}

TEST_P(FieldByField, the_deepest_value_is_one_that_decoders_follow) {
  begin();
  const NestedMaps maps(48);
  Span span = tracer().start_span("deep");
  span.add_event("e", {{"deep", maps.value()}});
  span.end();
  deliver();
  const official::Span got = received(span.context());
  ASSERT_EQ(got.events_size(), 1);
  int levels = 0;
  const official::AnyValue* value = &got.events(0).attributes(0).value();
  while (value->has_kvlist_value()) {
    ++levels;
    value = &value->kvlist_value().values(0).value();
  }
  EXPECT_EQ(levels, 31);
}

TEST_P(FieldByField, a_key_set_again_keeps_the_last_value) {
  begin();
  Span span = tracer().start_span("again");
  span.set_attribute("same size", 1);
  span.set_attribute("grows", 1);
  span.set_attribute("shrinks", std::string(200, 'x'));
  span.set_attribute("changes kind", "text");
  span.set_attribute("stays", "s");
  span.set_attribute("same size", 2);
  span.set_attribute("grows", std::string(40, 'y'));
  span.set_attribute("shrinks", "");
  span.set_attribute("changes kind", std::array{1, 2});
  span.set_attribute("grows", "again");  // where the first change has moved it
  span.end();
  deliver();
  expect(span.context(), R"(name: "again"
    attributes { key: "same size" value { int_value: 2 } }
    attributes { key: "grows" value { string_value: "again" } }
    attributes { key: "shrinks" value { string_value: "" } }
    attributes { key: "changes kind" value { array_value { values { int_value: 1 } values { int_value: 2 } } } }
    attributes { key: "stays" value { string_value: "s" } })");
}

TEST_P(FieldByField, more_than_128_attributes_stay_unique) {
  begin({.limits = {.attributes_max = 300}});
  Span span = tracer().start_span("many");
  for (int i = 0; i < 310; ++i) span.set_attribute("key" + std::to_string(i), i);
  for (int i = 0; i < 300; i += 7) {
    const std::string key = "key" + std::to_string(i);
    span.set_attribute(key, i % 2 == 0 ? AttributeValue(-i - 1) : AttributeValue("replaced"));
  }
  span.end();
  deliver();
  std::string text = "name: \"many\" dropped_attributes_count: 10";
  for (int i = 0; i < 300; ++i) {
    std::string value = "int_value: " + std::to_string(i);
    if (i % 7 == 0)
      value = i % 2 == 0 ? "int_value: " + std::to_string(-i - 1) : "string_value: \"replaced\"";
    text += " attributes { key: \"key" + std::to_string(i) + "\" value { " + value + " } }";
  }
  expect(span.context(), text);
}

TEST_P(FieldByField, spans_grow_from_their_first_buffer_to_the_largest) {
  begin();
  std::vector<SpanContext> contexts;
  const size_t sizes[] = {100,    127,    128,    129,    1'000,  3'000,
                          10'000, 30'000, 60'000, 66'000, 900'000};
  for (const size_t size : sizes) {
    Span span = tracer().start_span("large");
    span.set_attribute("before", 1);
    span.set_attribute("text", std::string(size, 't'));
    span.set_attribute("after", 2);
    contexts.push_back(span.context());
  }
  deliver();
  for (size_t i = 0; i < std::size(sizes); ++i) {
    expect(contexts[i], R"(name: "large" attributes { key: "before" value { int_value: 1 } }
      attributes { key: "after" value { int_value: 2 } }
      attributes { key: "text" value { string_value: ")" +
                            std::string(sizes[i], 't') + "\" } }");
  }
}

TEST_P(FieldByField, a_span_over_its_limit_is_dropped_and_counted_alone) {
  begin({.span_bytes_max = 8 << 10});
  const auto end_with = [&](size_t text_size) {
    Span span = tracer().start_span("");
    span.set_attribute("k", std::string(text_size, 't'));
    return span.context();
  };
  // The header's bytes; the attribute's tag and length; the key; the value's and the text's tags
  // and lengths.
  const size_t fits = (8 << 10) - 88 - 3 - 3 - 3 - 3;
  const SpanContext largest = end_with(fits);
  end_with(fits + 1);
  end_with(100'000);
  Span grown = tracer().start_span("grown");  // each part fits
  for (int i = 0; i < 100; ++i) grown.add_event(std::string(100, 'e'));
  grown.set_attribute("after", "ignored");
  grown.end();
  const SpanContext small = end_with(1);
  const Stats stats = deliver_some();
  EXPECT_EQ(stats.recorded, 5u);
  EXPECT_EQ(stats.dropped.span_too_large, 3u);
  EXPECT_EQ(stats.exported, 2u);
  EXPECT_EQ(received(largest).attributes(0).value().string_value().size(), fits);
  EXPECT_EQ(received(small).attributes_size(), 1);
}

TEST_P(FieldByField, a_small_limit_on_size_is_exact_too) {
  begin({.span_bytes_max = 1 << 10});
  const auto end_with_name = [&](size_t size) {
    tracer().start_span(std::string(size, 'n')).end();
  };
  const size_t fits = (1 << 10) - 88 - 3;
  end_with_name(fits);
  end_with_name(fits + 1);
  const Stats stats = deliver_some();
  EXPECT_EQ(stats.exported, 1u);
  EXPECT_EQ(stats.dropped.span_too_large, 1u);
}

TEST_P(FieldByField, many_spans_over_several_requests) {
  begin({.batch = {.spans_max = 100}});
  std::vector<SpanContext> contexts;
  Tracer tracers[] = {provider().get_tracer("a"), provider().get_tracer("b")};
  for (int i = 0; i < 1'000; ++i) {
    Span span = tracers[i % 2].start_span("n" + std::to_string(i));
    span.set_attribute("i", i);
    contexts.push_back(span.context());
  }
  deliver();
  EXPECT_GE(requests().size(), 10u);
  for (const auto& request : requests()) {
    int spans = 0;
    for (const auto& scope : request.resource_spans(0).scope_spans()) spans += scope.spans_size();
    EXPECT_LE(spans, 100);
  }
  for (int i = 0; i < 1'000; i += 37) {
    const std::string number = std::to_string(i);
    expect(
        contexts[static_cast<size_t>(i)],
        "name: \"n" + number + "\" attributes { key: \"i\" value { int_value: " + number + " } }");
  }
}

}  // namespace
}  // namespace cero::test
