// Goal: what a limit drops takes no room. Method: values larger than a span may be. (That recording
// is right otherwise is for tests/pipeline/field_by_field and the fuzzer's programs.)
#include "trace/span_recorder.h"

#include <gtest/gtest.h>

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

  const std::string huge_ = std::string(100'000, 'x');
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

}  // namespace
}  // namespace cero
