// Goal: records become requests that the official classes read, split where the limits say, with
// nothing left over from one to the next and no allocation once warm. Method: records made by hand,
// of known sizes, in several scopes.
#include "otlp/request_builder.h"

#include <gtest/gtest.h>

#include <map>

#include "base/attribute_encoding.h"
#include "support/allocation_count.h"
#include "support/official_messages.h"
#include "support/test_records.h"

namespace cero::core {
namespace {

using test::TestRecord;

constexpr RequestBuilder::Limits kLimits{1'000, 1 << 20};

const WallTime& wall_time() {
  static const WallTime time({0, 0, 1'000});
  return time;
}

official::ExportTraceServiceRequest closed(RequestBuilder& builder, uint32_t span_count) {
  Body body;
  EXPECT_EQ(builder.span_count(), span_count);
  builder.close(&body);
  EXPECT_EQ(body.span_count, span_count);
  EXPECT_TRUE(builder.empty());
  official::ExportTraceServiceRequest request;
  EXPECT_TRUE(request.ParseFromString(body.bytes));
  return request;
}

uint64_t number_of(const official::Span& span) {
  return detail::load<uint64_t>(span.span_id().data());
}

TEST(RequestBuilder, writes_the_envelope_around_a_record) {
  RequestBuilder builder(encode_resource({{"service.name", "s"}}), "https://example.com", kLimits);
  TestRecord record(sizeof(RecordHeader) + 20, 77);
  RecordHeader& header = record.header();
  header.trace_id.fill(0x11);
  header.parent_span_id.fill(0x22);
  header.start = 5;
  header.end = 9;
  header.kind = 3;
  header.status_code = 1;
  header.flags = 0x303;
  header.dropped_attributes = 127;
  header.dropped_events = 128;
  header.dropped_links = UINT32_MAX;
  EXPECT_TRUE(builder.add(record, wall_time()));
  const auto request = closed(builder, 1);
  ASSERT_EQ(request.resource_spans_size(), 1);
  EXPECT_EQ(request.resource_spans(0).schema_url(), "https://example.com");
  EXPECT_EQ(request.resource_spans(0).resource().attributes(0).key(), "service.name");
  ASSERT_EQ(request.resource_spans(0).scope_spans_size(), 1);
  EXPECT_EQ(request.resource_spans(0).scope_spans(0).scope().name(), "test");
  const official::Span& span = request.resource_spans(0).scope_spans(0).spans(0);
  EXPECT_EQ(span.trace_id(), std::string(16, '\x11'));
  EXPECT_EQ(number_of(span), 77u);
  EXPECT_EQ(span.parent_span_id(), std::string(8, '\x22'));
  EXPECT_EQ(span.start_time_unix_nano(), 1'005u);
  EXPECT_EQ(span.end_time_unix_nano(), 1'009u);
  EXPECT_EQ(span.kind(), 3);
  EXPECT_EQ(span.status().code(), 1);
  EXPECT_EQ(span.flags(), 0x303u);
  EXPECT_EQ(span.dropped_attributes_count(), 127u);
  EXPECT_EQ(span.dropped_events_count(), 128u);
  EXPECT_EQ(span.dropped_links_count(), UINT32_MAX);
  EXPECT_EQ(span.name(), std::string(16, 77));
  EXPECT_EQ(builder.counts().attributes_dropped, 127u);
  EXPECT_EQ(builder.counts().links_dropped, UINT32_MAX);
}

TEST(RequestBuilder, gathers_scopes_and_keeps_their_order) {
  RequestBuilder builder("", "", kLimits);
  const ScopeInfo* scopes[] = {intern_scope("a", {}, {}, {}), intern_scope("b", "1", {}, {}),
                               intern_scope("c", {}, "https://example.com", {})};
  for (uint64_t number = 0; number < 300; ++number) {
    // Lengths of every size, and chunks that fill.
    TestRecord record(static_cast<uint32_t>(sizeof(RecordHeader) + 6 + number * 7), number);
    record.header().scope = scopes[(number * number) % 3];
    ASSERT_TRUE(builder.has_room_for(record));
    ASSERT_TRUE(builder.add(record, wall_time()));
  }
  const auto request = closed(builder, 300);
  std::map<std::string, uint64_t> last;
  int spans = 0;
  for (const auto& scope_spans : request.resource_spans(0).scope_spans()) {
    const std::string& name = scope_spans.scope().name();
    EXPECT_TRUE(last.emplace(name, 0).second) << "a scope stands twice";
    EXPECT_EQ(scope_spans.schema_url(), name == "c" ? "https://example.com" : "");
    for (const auto& span : scope_spans.spans()) {
      EXPECT_TRUE(spans == 0 || number_of(span) >= last[name]);
      last[name] = number_of(span);
      const size_t name_size = 6 + number_of(span) * 7 - 4;
      EXPECT_EQ(span.name(), std::string(name_size, static_cast<char>(number_of(span) & 0x7f)));
      ++spans;
    }
  }
  EXPECT_EQ(spans, 300);
}

TEST(RequestBuilder, is_full_at_its_number_of_spans) {
  RequestBuilder builder("", "", {3, 1 << 20});
  TestRecord record(sizeof(RecordHeader) + 10, 1);
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(builder.has_room_for(record));
    ASSERT_TRUE(builder.add(record, wall_time()));
  }
  EXPECT_FALSE(builder.has_room_for(record));
  closed(builder, 3);
  EXPECT_TRUE(builder.has_room_for(record));
}

TEST(RequestBuilder, keeps_requests_below_their_bytes) {
  constexpr uint32_t kBytesMax = 64 << 10;
  RequestBuilder builder(encode_resource({{"k", std::string(5'000, 'r')}}), "", {1'000, kBytesMax});
  Body body;
  uint32_t closes = 0;
  for (uint64_t number = 0; number < 2'000; ++number) {
    TestRecord record(static_cast<uint32_t>(sizeof(RecordHeader) + 6 + number * 37 % 5'000),
                      number);
    if (!builder.has_room_for(record)) {
      builder.close(&body);
      EXPECT_LE(body.bytes.size(), kBytesMax);
      EXPECT_GE(body.bytes.size(), kBytesMax - 8'000) << "closed early";
      ++closes;
    }
    ASSERT_TRUE(builder.add(record, wall_time()));
  }
  EXPECT_GT(closes, 10u);
}

TEST(RequestBuilder, keeps_requests_below_their_bytes_when_scopes_are_large) {
  constexpr uint32_t kBytesMax = 64 << 10;
  RequestBuilder builder("", "", {1'000, kBytesMax});
  Body body;
  uint32_t closes = 0;
  for (uint64_t number = 0; number < 50; ++number) {
    TestRecord record(sizeof(RecordHeader) + 6, number);
    const std::string attribute(number * 500, 'a');
    record.header().scope = intern_scope("large", std::to_string(number), {}, {{"a", attribute}});
    if (!builder.has_room_for(record)) {
      builder.close(&body);
      EXPECT_LE(body.bytes.size(), kBytesMax);
      ++closes;
    }
    ASSERT_TRUE(builder.add(record, wall_time()));
  }
  EXPECT_GT(closes, 5u);
}

TEST(RequestBuilder, takes_a_record_over_the_limit_alone) {
  RequestBuilder builder(encode_resource({{"k", std::string(5'000, 'r')}}), "", {10, 64 << 10});
  TestRecord large(64 << 10, 1);
  TestRecord small(sizeof(RecordHeader), 2);
  ASSERT_TRUE(builder.has_room_for(large));
  ASSERT_TRUE(builder.add(large, wall_time()));
  EXPECT_FALSE(builder.has_room_for(small));
  const auto request = closed(builder, 1);
  EXPECT_EQ(request.resource_spans(0).scope_spans(0).spans(0).name().size(),
            (64 << 10) - sizeof(RecordHeader) - 4);
}

TEST(RequestBuilder, refuses_a_corrupt_record_and_goes_on) {
  RequestBuilder builder("", "", kLimits);
  TestRecord good(sizeof(RecordHeader) + 10, 1);
  TestRecord bad(sizeof(RecordHeader) + 10, 2);
  bad.wire()[0] = '\0';
  EXPECT_TRUE(builder.add(good, wall_time()));
  EXPECT_FALSE(builder.add(bad, wall_time()));
  EXPECT_TRUE(builder.add(good, wall_time()));
  closed(builder, 2);
}

TEST(RequestBuilder, discards) {
  RequestBuilder builder("", "", kLimits);
  TestRecord record(sizeof(RecordHeader) + 10, 1);
  ASSERT_TRUE(builder.add(record, wall_time()));
  EXPECT_EQ(builder.discard(), 1u);
  EXPECT_TRUE(builder.empty());
  EXPECT_EQ(builder.discard(), 0u);
  ASSERT_TRUE(builder.add(record, wall_time()));
  closed(builder, 1);
}

TEST(RequestBuilder, says_when_a_duration_was_negative) {
  RequestBuilder builder("", "", kLimits);
  TestRecord record(sizeof(RecordHeader), 1);
  record.header().start = 10;
  record.header().end = 9;
  ASSERT_TRUE(builder.add(record, wall_time()));
  EXPECT_EQ(builder.counts().negative_durations, 1u);
  const auto request = closed(builder, 1);
  const official::Span& span = request.resource_spans(0).scope_spans(0).spans(0);
  EXPECT_EQ(span.start_time_unix_nano(), span.end_time_unix_nano());
}

TEST(RequestBuilder, allocates_nothing_once_warm) {
  RequestBuilder builder(encode_resource({{"service.name", "s"}}), "", {1'000, 1 << 20});
  const ScopeInfo* scopes[] = {intern_scope("a", {}, {}, {}), intern_scope("b", {}, {}, {})};
  TestRecord record(sizeof(RecordHeader) + 500, 1);
  Body body;
  const auto fill_and_close = [&] {
    for (int i = 0; i < 1'000; ++i) {
      record.header().scope = scopes[i % 2];
      ASSERT_TRUE(builder.add(record, wall_time()));
    }
    builder.close(&body);
  };
  fill_and_close();
  fill_and_close();
  const uint64_t before = test::allocation_count();
  for (int i = 0; i < 5; ++i) fill_and_close();
  EXPECT_EQ(test::allocation_count(), before);
}

}  // namespace
}  // namespace cero::core
