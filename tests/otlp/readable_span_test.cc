// Goal: every part of a span is read, as text that is safe on a terminal.
// Method: requests made with the protobuf messages.
#include "otlp/readable_span.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>

#include "otlp/trace.pb.h"

namespace cero::core {
namespace {

// A request of one span, and that span.
struct OneSpan {
  otlp::ExportTraceServiceRequest request;
  otlp::ResourceSpans* resource_spans = request.add_resource_spans();
  otlp::ScopeSpans* scope_spans = resource_spans->add_scope_spans();
  otlp::Span* span = scope_spans->add_spans();

  ReadableSpan read() const {
    const auto spans = read_spans(request.SerializeAsString());
    EXPECT_TRUE(spans.has_value());
    EXPECT_EQ(spans->size(), 1u);
    return spans->front();
  }
};

std::string value_of(const otlp::AnyValue& value) {
  OneSpan one;
  otlp::KeyValue* attribute = one.span->add_attributes();
  attribute->set_key("key");
  *attribute->mutable_value() = value;
  const ReadableSpan span = one.read();
  EXPECT_EQ(span.attributes.size(), 1u);
  EXPECT_EQ(span.attributes[0].key, "key");
  return span.attributes[0].value;
}

otlp::AnyValue string_value(std::string_view text) {
  otlp::AnyValue value;
  value.set_string_value(std::string(text));
  return value;
}

otlp::AnyValue double_value(double number) {
  otlp::AnyValue value;
  value.set_double_value(number);
  return value;
}

TEST(ReadableSpan, has_every_part_of_the_span) {
  OneSpan one;
  otlp::KeyValue* service = one.resource_spans->mutable_resource()->add_attributes();
  service->set_key("service.name");
  service->mutable_value()->set_string_value("shop");
  one.scope_spans->mutable_scope()->set_name("http");
  one.scope_spans->mutable_scope()->set_version("1.2");
  one.span->set_trace_id(std::string(15, '\x00') + '\xab');
  one.span->set_span_id("\x01\x02\x03\x04\x05\x06\x07\xff");
  one.span->set_parent_span_id(std::string(8, '\x11'));
  one.span->set_flags(0x301);
  one.span->set_name("GET /");
  one.span->set_kind(3);
  one.span->set_start_time_unix_nano(10);
  one.span->set_end_time_unix_nano(20);
  one.span->mutable_status()->set_code(2);
  one.span->mutable_status()->set_message("boom");
  one.span->set_dropped_attributes_count(1);
  one.span->set_dropped_events_count(2);
  one.span->set_dropped_links_count(3);
  one.span->add_events()->set_name("event");
  one.span->mutable_events(0)->set_time_unix_nano(15);
  one.span->mutable_events(0)->add_attributes()->set_key("e");
  one.span->add_links()->set_trace_id(std::string(16, '\x22'));
  one.span->mutable_links(0)->set_span_id(std::string(8, '\x33'));
  one.span->mutable_links(0)->add_attributes()->set_key("l");

  const ReadableSpan span = one.read();
  EXPECT_EQ(span.service, "shop");
  EXPECT_EQ(span.scope, "http 1.2");
  EXPECT_EQ(span.trace_id, "000000000000000000000000000000ab");
  EXPECT_EQ(span.span_id, "01020304050607ff");
  EXPECT_EQ(span.parent_span_id, "1111111111111111");
  EXPECT_TRUE(span.parent_is_remote);
  EXPECT_EQ(span.name, "GET /");
  EXPECT_EQ(span.kind, "client");
  EXPECT_EQ(span.start_unix_ns, 10u);
  EXPECT_EQ(span.end_unix_ns, 20u);
  EXPECT_EQ(span.status, ReadableSpan::Status::error);
  EXPECT_EQ(span.status_message, "boom");
  EXPECT_EQ(span.dropped_attributes, 1u);
  EXPECT_EQ(span.dropped_events, 2u);
  EXPECT_EQ(span.dropped_links, 3u);
  ASSERT_EQ(span.events.size(), 1u);
  EXPECT_EQ(span.events[0].name, "event");
  EXPECT_EQ(span.events[0].time_unix_ns, 15u);
  EXPECT_EQ(span.events[0].attributes[0].key, "e");
  ASSERT_EQ(span.links.size(), 1u);
  EXPECT_EQ(span.links[0].trace_id, "22222222222222222222222222222222");
  EXPECT_EQ(span.links[0].span_id, "3333333333333333");
  EXPECT_EQ(span.links[0].attributes[0].key, "l");
}

TEST(ReadableSpan, an_empty_span_is_a_local_root) {
  const ReadableSpan span = OneSpan().read();
  EXPECT_EQ(span.parent_span_id, "");
  EXPECT_FALSE(span.parent_is_remote);
  EXPECT_EQ(span.kind, "unspecified");
  EXPECT_EQ(span.status, ReadableSpan::Status::unset);
  EXPECT_EQ(span.service, "");
  EXPECT_EQ(span.scope, "");
}

TEST(ReadableSpan, local_parent_is_not_remote) {
  OneSpan one;
  one.span->set_flags(0x101);
  EXPECT_FALSE(one.read().parent_is_remote);
}

TEST(ReadableSpan, values_are_text) {
  otlp::AnyValue value;
  EXPECT_EQ(value_of(value), "null");
  value.set_bool_value(false);
  EXPECT_EQ(value_of(value), "false");
  value.set_int_value(std::numeric_limits<int64_t>::min());
  EXPECT_EQ(value_of(value), "-9223372036854775808");
  value.set_bytes_value(std::string("\x00\xff", 2));
  EXPECT_EQ(value_of(value), "0x00ff");
  EXPECT_EQ(value_of(double_value(0.1)), "0.1");
  EXPECT_EQ(value_of(double_value(2)), "2.0");
  EXPECT_EQ(value_of(double_value(1e300)), "1e+300");
  EXPECT_EQ(value_of(double_value(-std::numeric_limits<double>::infinity())), "-inf");
  EXPECT_EQ(value_of(double_value(-std::numeric_limits<double>::max())),
            "-1.7976931348623157e+308");
  EXPECT_EQ(value_of(string_value("")), "\"\"");
}

TEST(ReadableSpan, arrays_and_maps_nest) {
  otlp::AnyValue value;
  value.mutable_array_value();
  EXPECT_EQ(value_of(value), "[]");
  value.mutable_array_value()->add_values()->set_int_value(1);
  *value.mutable_array_value()->add_values() = string_value("a");
  otlp::KeyValue* member =
      value.mutable_array_value()->add_values()->mutable_kvlist_value()->add_values();
  member->set_key("k");
  EXPECT_EQ(value_of(value), "[1, \"a\", {\"k\": null}]");
  otlp::AnyValue map;
  map.mutable_kvlist_value();
  EXPECT_EQ(value_of(map), "{}");
}

TEST(ReadableSpan, controls_are_escaped_everywhere) {
  EXPECT_EQ(value_of(string_value("a\"b\\c\n\t\x1b[31m\x7f")),
            "\"a\\\"b\\\\c\\n\\t\\u001b[31m\\u007f\"");
  EXPECT_EQ(value_of(string_value("h\xc3\xb6\xc2\x9b\xc2\xa0")), "\"h\xc3\xb6\\u009b\xc2\xa0\"");
  OneSpan one;
  one.span->set_name("\x1b]0;title\a");
  one.span->mutable_status()->set_message("a\rb");
  one.span->add_events()->set_name("\x1b");
  one.span->add_attributes()->set_key("\x1b");
  one.scope_spans->mutable_scope()->set_name("\x1b");
  const ReadableSpan span = one.read();
  EXPECT_EQ(span.name, "\\u001b]0;title\\u0007");
  EXPECT_EQ(span.status_message, "a\\u000db");
  EXPECT_EQ(span.events[0].name, "\\u001b");
  EXPECT_EQ(span.attributes[0].key, "\\u001b");
  EXPECT_EQ(span.scope, "\\u001b");
}

TEST(ReadSpans, keeps_the_order_and_the_scope_of_each) {
  otlp::ExportTraceServiceRequest request;
  for (const char* scope : {"a", "b"}) {
    otlp::ScopeSpans* scope_spans = request.add_resource_spans()->add_scope_spans();
    scope_spans->mutable_scope()->set_name(scope);
    scope_spans->add_spans()->set_name("1");
    scope_spans->add_spans()->set_name("2");
  }
  const auto spans = read_spans(request.SerializeAsString());
  ASSERT_TRUE(spans.has_value());
  std::string order;
  for (const ReadableSpan& span : *spans) order += span.scope + span.name + " ";
  EXPECT_EQ(order, "a1 a2 b1 b2 ");
}

TEST(ReadSpans, an_empty_request_has_no_spans) {
  ASSERT_TRUE(read_spans("").has_value());
  EXPECT_TRUE(read_spans("")->empty());
}

TEST(ReadSpans, refuses_what_is_no_request) {
  EXPECT_FALSE(read_spans("\xff").has_value());
  OneSpan one;
  one.span->set_name("a name");
  const std::string bytes = one.request.SerializeAsString();
  EXPECT_FALSE(read_spans(std::string_view(bytes).substr(0, bytes.size() - 1)).has_value());
}

TEST(ReadSpans, random_damage_never_yields_control_characters) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  OneSpan one;
  one.span->set_name("name");
  one.span->add_attributes()->set_key("key");
  *one.span->mutable_attributes(0)->mutable_value() = string_value("value");
  const std::string good = one.request.SerializeAsString();
  int parsed = 0;
  for (int round = 0; round < 5000; ++round) {
    std::string bytes = good;
    bytes[random() % bytes.size()] = static_cast<char>(random() % 0x80);
    const auto spans = read_spans(bytes);
    if (!spans) continue;
    ++parsed;
    for (const ReadableSpan& span : *spans) {
      std::string text = span.name;
      for (const auto& attribute : span.attributes) text += attribute.key + attribute.value;
      for (const char c : text) ASSERT_TRUE(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
    }
  }
  EXPECT_GT(parsed, 100);
}

}  // namespace
}  // namespace cero::core
