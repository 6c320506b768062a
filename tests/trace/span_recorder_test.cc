// Goal: what a limit drops takes no room, and a span larger than a ring takes is recorded like any
// other. Method: values of such sizes. (That recording is right otherwise is for
// tests/pipeline/field_by_field and the fuzzer's programs.)
#include "trace/span_recorder.h"

#include <gtest/gtest.h>

#include <map>
#include <vector>

#include "cero/prepared_span.h"
#include "support/official_messages.h"
#include "support/recording_stage.h"

namespace cero {
namespace {

using test::RecordingStage;

class SpanRecorder : public testing::Test {
 protected:
  // The one span that has ended; empty where there is none.
  official::Span drain() {
    const auto requests = stage_.drain();
    if (requests.size() != 1) return {};
    return official::parse_request(requests[0])->resource_spans(0).scope_spans(0).spans(0);
  }
  static Options options() {
    Options options;
    options.limits.attributes_max = 2;
    return options;
  }

  const std::string huge_ = std::string(2'000'000, 'x');
  RecordingStage stage_{options()};
  Span span_ = stage_.tracer("test").start_span("operation",
                                                {.attributes = {{"key", 1}, {"malformed\xff", 2}}});
};

TEST_F(SpanRecorder, an_attribute_past_the_limit_takes_no_room) {
  span_.set_attribute("another", huge_);
  span_.set_attribute("another\xff", huge_);
  span_.end();
  const official::Span span = drain();
  EXPECT_EQ(stage_.producer_totals().dropped.span_too_large, 0u);
  EXPECT_EQ(span.attributes_size(), 2);
  EXPECT_EQ(span.dropped_attributes_count(), 2u);
}

TEST_F(SpanRecorder, an_attribute_at_the_limit_is_replaced) {
  span_.set_attribute("key", "new");
  span_.set_attribute("malformed\xfe", "mended alike");
  span_.end();
  const official::Span span = drain();
  ASSERT_EQ(span.attributes_size(), 2);
  EXPECT_EQ(span.attributes(0).value().string_value(), "new");
  EXPECT_EQ(span.attributes(1).value().string_value(), "mended alike");
  EXPECT_EQ(span.dropped_attributes_count(), 0u);
}

TEST_F(SpanRecorder, a_value_that_is_too_large_for_its_key_loses_the_span) {
  span_.set_attribute("malformed\xff", huge_);
  span_.end();
  EXPECT_EQ(stage_.producer_totals().dropped.span_too_large, 1u);
}

// ---- Spans that are larger than a ring takes

constexpr size_t kMebi = size_t{1} << 20;

class LargeSpan : public testing::Test {
 protected:
  static Options options(uint32_t span_bytes_max) {
    Options options;
    options.span_bytes_max = span_bytes_max;
    return options;
  }
  static std::vector<official::Span> drain(RecordingStage& stage, size_t* requests_made = nullptr) {
    std::vector<official::Span> spans;
    const auto requests = stage.drain();
    if (requests_made != nullptr) *requests_made = requests.size();
    for (const std::string& bytes : requests) {
      const auto request = official::parse_request(bytes);
      for (const auto& scope : request->resource_spans(0).scope_spans())
        spans.insert(spans.end(), scope.spans().begin(), scope.spans().end());
    }
    return spans;
  }
};

TEST_F(LargeSpan, is_whole_up_to_the_last_byte_of_the_largest_limit) {
  RecordingStage stage(options(16 * kMebi));
  // The header; tag and length of the attribute, of its value and of the text; the key.
  const size_t fits = 16 * kMebi - sizeof(detail::RecordHeader) - 5 - 3 - 5 - 5;
  for (const size_t size : {fits, fits + 1}) {
    Span span = stage.tracer("t").start_span("");
    span.set_attribute("k", std::string(size, 'x'));
  }
  const auto spans = drain(stage);
  ASSERT_EQ(spans.size(), 1u);
  EXPECT_EQ(spans[0].attributes(0).value().string_value().size(), fits);
  EXPECT_EQ(stage.producer_totals().dropped.span_too_large, 1u);
}

// Attributes before and behind 64 KiB, in and out of the index; a name and a status in between.
TEST_F(LargeSpan, can_be_changed_like_any_other) {
  RecordingStage stage(options(4 * kMebi));
  Span span = stage.tracer("t").start_span("short");
  span.set_attribute("first", 1);
  span.set_attribute("prompt", std::string(200'000, 'p'));
  span.set_status(StatusCode::error, "failed");
  for (int i = 0; i < 100; ++i) span.set_attribute("key" + std::to_string(i), i);
  span.set_attribute("first", "again");
  span.set_attribute("prompt", std::string(300'000, 'q'));
  span.set_attribute("key50", "again");
  span.update_name(std::string(100'000, 'n'));
  span.set_attribute("key99", "at last");
  span.set_status(StatusCode::error, "failed otherwise");
  span.add_event("event");
  const SpanContext context = span.context();
  span.end();
  EXPECT_EQ(span.context(), context) << "also when its record has gone";
  const auto spans = drain(stage);
  ASSERT_EQ(spans.size(), 1u);
  EXPECT_EQ(spans[0].name(), std::string(100'000, 'n'));
  EXPECT_EQ(spans[0].status().message(), "failed otherwise");
  EXPECT_EQ(spans[0].events_size(), 1);
  ASSERT_EQ(spans[0].attributes_size(), 102);
  std::map<std::string, const official::AnyValue*> values;
  for (const auto& attribute : spans[0].attributes())
    EXPECT_TRUE(values.emplace(attribute.key(), &attribute.value()).second) << attribute.key();
  EXPECT_EQ(values["first"]->string_value(), "again");
  EXPECT_EQ(values["prompt"]->string_value(), std::string(300'000, 'q'));
  EXPECT_EQ(values["key50"]->string_value(), "again");
  EXPECT_EQ(values["key99"]->string_value(), "at last");
  EXPECT_EQ(values["key98"]->int_value(), 98);
}

TEST_F(LargeSpan, has_a_request_of_its_own_beyond_the_bytes_of_a_batch) {
  RecordingStage stage(options(4 * kMebi));
  for (const size_t size : {10u, 3'000'000u, 10u, 10u}) {
    Span span = stage.tracer("t").start_span("s");
    span.set_attribute("text", std::string(size, 'x'));
  }
  size_t requests = 0;
  EXPECT_EQ(drain(stage, &requests).size(), 4u);
  EXPECT_EQ(requests, 3u);
}

TEST_F(LargeSpan, gives_its_memory_back_when_it_is_encoded_or_dropped) {
  RecordingStage stage(options(4 * kMebi));
  // Far more than the memory of open spans, never at once.
  for (int round = 0; round < 50; ++round) {
    for (int i = 0; i < 4; ++i) {
      Span span = stage.tracer("t").start_span("s");
      span.set_attribute("text", std::string(3 * kMebi, 'x'));
    }
    EXPECT_EQ(drain(stage).size(), 4u);
  }
  EXPECT_EQ(stage.producer_totals().dropped.total(), 0u);
}

TEST_F(LargeSpan, that_starts_with_a_large_prepared_part_is_whole) {
  RecordingStage stage(options(kMebi));
  const std::string part(50'000, 'a');
  const std::string large_part(100'000, 'b');
  Tracer tracer = stage.tracer("t");
  const PreparedSpan interned = tracer.prepare("interned", {.attributes = {{"part", part}}});
  const PreparedSpan copied = tracer.prepare("copied", {.attributes = {{"part", large_part}}});
  for (const PreparedSpan* prepared : {&interned, &copied}) {
    Span span = prepared->start();
    span.set_attribute("own", std::string(40'000, 'c'));
  }
  const auto spans = drain(stage);
  ASSERT_EQ(spans.size(), 2u);
  EXPECT_EQ(spans[0].attributes(0).value().string_value(), part);
  EXPECT_EQ(spans[1].attributes(0).value().string_value(), large_part);
  for (const official::Span& span : spans)
    EXPECT_EQ(span.attributes(1).value().string_value(), std::string(40'000, 'c'));
}

// It keeps memory that others may need, and the batch thread sleeps for seconds.
TEST_F(LargeSpan, says_at_once_that_it_is_there) {
  RecordingStage stage(options(kMebi));
  const auto end_with = [&](size_t size) {
    stage.tracer("t").start_span("s").set_attribute("text", std::string(size, 'x'));
  };
  stage.take_announcements();  // of an earlier stage
  end_with(20'000);
  EXPECT_FALSE(stage.take_announcements());
  end_with(100'000);
  EXPECT_TRUE(stage.take_announcements());
}

// An outage may fill it with spans that have ended.
TEST_F(LargeSpan, leaves_half_of_the_memory_to_spans_that_are_open) {
  RecordingStage stage(options(kMebi));
  for (int i = 0; i < 200; ++i)
    stage.tracer("t").start_span("s").set_attribute("text", std::string(500'000, 'x'));
  const Stats totals = stage.producer_totals();
  EXPECT_GT(totals.dropped.ring_full, 0u);
  EXPECT_EQ(totals.dropped.no_memory, 0u);
  Span span = stage.tracer("t").start_span("another");
  span.set_attribute("text", std::string(800'000, 'y'));
  EXPECT_TRUE(span.is_recording());
  span.end();
  EXPECT_EQ(stage.producer_totals().dropped.no_memory, 0u);
  drain(stage);
}

}  // namespace
}  // namespace cero
