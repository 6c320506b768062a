// Goal: a span that starts from a prepared one is the span that the same calls one by one would
// make. Method: both through the whole encoder, compared as official messages without ids and
// times.
#include "cero/prepared_span.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "support/official_messages.h"
#include "support/recording_stage.h"

namespace cero {
namespace {

using opentelemetry::proto::collector::trace::v1::ExportTraceServiceRequest;
using OfficialSpan = opentelemetry::proto::trace::v1::Span;

OfficialSpan only_span(test::RecordingStage& stage) {
  ExportTraceServiceRequest request;
  const std::vector<std::string> requests = stage.drain();
  EXPECT_EQ(requests.size(), 1u);
  if (requests.size() != 1 || !request.ParseFromString(requests[0])) return {};
  return request.resource_spans(0).scope_spans(0).spans(0);
}

std::string without_ids_and_times(OfficialSpan span) {
  span.clear_trace_id();
  span.clear_span_id();
  span.clear_start_time_unix_nano();
  span.clear_end_time_unix_nano();
  for (auto& event : *span.mutable_events()) event.clear_time_unix_nano();
  return span.DebugString();
}

class PreparedSpanTest : public testing::Test {
 protected:
  static Options limited() {
    Options options;
    options.limits.attributes_max = 4;
    options.limits.links_max = 1;
    options.limits.attribute_value_length_max = 8;
    return options;
  }

  // The same calls on a span that was prepared and on one that was not.
  template <typename Calls>
  void expect_same(test::RecordingStage& stage, std::string_view name,
                   const PrepareOptions& options, Calls calls) {
    Tracer tracer = stage.tracer("prepared");
    {
      Span span = tracer.prepare(name, options).start();
      calls(span);
    }
    const std::string prepared = without_ids_and_times(only_span(stage));
    {
      Span span = tracer.start_span(
          name, {.kind = options.kind, .attributes = options.attributes, .links = options.links});
      calls(span);
    }
    EXPECT_EQ(prepared, without_ids_and_times(only_span(stage)));
  }
};

const SpanContext& other_span() {
  static const SpanContext context(*TraceId::from_hex("0123456789abcdef0123456789abcdef"),
                                   *SpanId::from_hex("0123456789abcdef"), TraceFlags::kSampled);
  return context;
}

TEST_F(PreparedSpanTest, equals_the_span_set_one_by_one) {
  test::RecordingStage stage({});
  expect_same(stage, "GET /items/{id}",
              {.kind = SpanKind::server,
               .attributes = {{"http.request.method", "GET"}, {"port", 443}, {"ratio", 0.5}},
               .links = {{other_span(), {{"why", "follows"}}}}},
              [](Span& span) {
                span.set_attribute("user.id", 7);
                span.add_event("checked");
                span.set_status(StatusCode::error, "no such item");
              });
  expect_same(stage, "", {}, [](Span&) {});
}

TEST_F(PreparedSpanTest, lets_what_was_prepared_be_replaced) {
  test::RecordingStage stage({});
  expect_same(stage, "GET /items/{id}", {.attributes = {{"a", "one"}, {"b", "two"}, {"c", 3}}},
              [](Span& span) {
                span.set_attribute("b", "a longer value than before");
                span.set_attribute("c", 4);
                span.update_name("another name");
                span.set_attribute("d", "new");
                span.set_attribute("b", "x");
              });
}

TEST_F(PreparedSpanTest, counts_what_was_prepared_against_the_limits) {
  test::RecordingStage stage(limited());
  expect_same(stage, "limited",
              {.attributes = {{"a", "longer than eight"}, {"b", 2}, {"c", 3}},
               .links = {{other_span()}, {other_span()}}},
              [](Span& span) {
                span.set_attribute("d", 4);
                span.set_attribute("e", 5);
                span.add_link(other_span());
              });
  Tracer tracer = stage.tracer("prepared");
  const PreparedSpan prepared = tracer.prepare(
      "over", {.attributes = {{"a", 1}, {"b", 2}, {"c", 3}, {"d", 4}, {"e", 5}, {"", 6}}});
  prepared.start().end();
  EXPECT_EQ(only_span(stage).dropped_attributes_count(), 2u);
}

TEST_F(PreparedSpanTest, may_be_larger_than_a_span_buffer) {
  test::RecordingStage stage({});
  const std::string large(10'000, 'x');
  expect_same(stage, large, {.attributes = {{"large", large}}},
              [](Span& span) { span.set_attribute("more", 1); });
}

TEST_F(PreparedSpanTest, is_dropped_and_counted_when_over_the_span_limit) {
  Options options;
  options.span_bytes_max = 1024;
  test::RecordingStage stage(options);
  const std::string large(2'000, 'x');
  const PreparedSpan prepared = stage.tracer("prepared").prepare(large);
  for (int i = 0; i < 3; ++i) prepared.start().end();
  EXPECT_EQ(stage.producer_totals().dropped.span_too_large, 3u);
}

TEST_F(PreparedSpanTest, stays_whole_when_part_of_it_is_over_the_span_limit) {
  Options options;
  options.span_bytes_max = 4096;
  test::RecordingStage stage(options);
  const std::string fits(2'000, 'x');
  const std::string does_not(4'000, 'x');
  const PreparedSpan prepared =
      stage.tracer("prepared").prepare("name", {.attributes = {{"a", fits}, {"b", does_not}}});
  Span span = prepared.start();
  span.update_name("another");
  span.set_attribute("a", "again");
  span.set_status(StatusCode::error, "message");
  span.end();
  EXPECT_EQ(stage.producer_totals().dropped.span_too_large, 1u);
}

TEST_F(PreparedSpanTest, counts_what_was_prepared_against_the_span_limit) {
  Options options;
  options.span_bytes_max = 4096;
  test::RecordingStage stage(options);
  const std::string half(2'000, 'x');
  const PreparedSpan prepared =
      stage.tracer("prepared").prepare("name", {.attributes = {{"prepared", half}}});
  {
    Span small = prepared.start();
    small.set_attribute("later", std::string_view(half).substr(0, 1'900));
  }
  EXPECT_EQ(only_span(stage).attributes_size(), 2);
  {
    Span large = prepared.start();
    large.set_attribute("later", half);
    large.set_attribute("last", 1);
  }
  {
    Span renamed = prepared.start();
    renamed.set_attribute("later", half);
    renamed.update_name("with what was prepared in its own bytes");
  }
  EXPECT_EQ(stage.producer_totals().dropped.span_too_large, 2u);
}

TEST_F(PreparedSpanTest, takes_a_message_and_a_name_after_other_things) {
  test::RecordingStage stage({});
  expect_same(stage, "name", {.kind = SpanKind::client, .attributes = {{"a", 1}}}, [](Span& span) {
    span.set_attribute("b", 2);
    span.add_event("event", {{"c", 3}});
    span.set_status(StatusCode::error, "first");
    span.update_name("a longer name than the prepared one");
    span.set_attribute("a", 4);
    span.set_status(StatusCode::error, "second");
  });
}

TEST_F(PreparedSpanTest, starts_as_many_distinct_spans_as_asked) {
  test::RecordingStage stage({});
  const PreparedSpan prepared =
      stage.tracer("prepared").prepare("many", {.attributes = {{"a", 1}}});
  std::set<std::string> ids;
  {
    const ScopedSpan parent = prepared.start_as_current();
    for (int i = 0; i < 100; ++i) {
      const Span child = prepared.start();
      EXPECT_EQ(child.context().trace_id(), parent.context().trace_id());
      ids.insert(child.context().span_id().to_hex());
    }
  }
  EXPECT_EQ(ids.size(), 100u);
  const Span root = prepared.start(Parent::none());
  EXPECT_TRUE(root.context().valid());
}

TEST_F(PreparedSpanTest, records_nothing_without_a_provider) {
  const PreparedSpan none;
  EXPECT_FALSE(none.start().is_recording());
  EXPECT_FALSE(Tracer{}.prepare("name").start().context().valid());
  EXPECT_EQ(none.start(other_span()).context(), other_span()) << "it stands for its parent";
}

TEST_F(PreparedSpanTest, records_nothing_after_its_provider_ended) {
  test::RecordingStage stage({});
  const PreparedSpan prepared = stage.tracer("prepared").prepare("late");
  stage.end_life();
  EXPECT_FALSE(prepared.start().is_recording());
}

TEST_F(PreparedSpanTest, follows_the_sampler) {
  Options options;
  options.sampler = Sampler::always_off();
  test::RecordingStage stage(options);
  const Span span = stage.tracer("prepared").prepare("unsampled").start();
  EXPECT_FALSE(span.is_recording());
  EXPECT_TRUE(span.context().valid());
  EXPECT_FALSE(span.context().sampled());
}

}  // namespace
}  // namespace cero
