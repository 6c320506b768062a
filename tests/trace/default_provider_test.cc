// Goal: a tracer of the global get_tracer() follows the default provider as tracer_provider.h says,
// from before one is set until after the last is gone, and so do the spans prepared with it.
// Method: providers that send nothing, by their ledgers; a stage in a provider's place where the
// bytes matter.
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "cero/cero.h"
#include "support/official_messages.h"
#include "support/recording_stage.h"
#include "trace/provider_to_nobody.h"

namespace cero {
namespace {

using test::make_provider_to_nobody;

static_assert(std::is_trivially_copyable_v<Tracer> && sizeof(Tracer) == 3 * sizeof(void*));

// As a library has it, from before main() on.
const Tracer kEarlyTracer = get_tracer("early", "1", "u", {{"key", "value"}});
const PreparedSpan kEarlyPrepared = kEarlyTracer.prepare("prepared", {.attributes = {{"k", 1}}});

const SpanContext kParent(TraceId({1, 2, 3}), SpanId({4, 5}), TraceFlags::kSampled, true,
                          TraceState::from_header("k=v"));

class DefaultProvider : public testing::Test {
 protected:
  ~DefaultProvider() override { set_default_provider(nullptr); }

  static uint64_t recorded(const TracerProvider& provider) { return provider.stats().recorded; }
  static void expect_no_recording(const Tracer& tracer) {
    EXPECT_FALSE(tracer.enabled());
    EXPECT_FALSE(tracer.start_span("none").is_recording());
    EXPECT_FALSE(tracer.start_span("none", {.attributes = {{"k", 1}}}).is_recording());
    EXPECT_EQ(tracer.start_span("child", {.parent = kParent}).context(), kParent);
  }
};

TEST_F(DefaultProvider, has_the_spans_of_a_tracer_that_was_there_before) {
  expect_no_recording(kEarlyTracer);
  TracerProvider provider = make_provider_to_nobody();
  set_default_provider(&provider);
  EXPECT_TRUE(kEarlyTracer.enabled());
  kEarlyTracer.start_span("plain").end();
  kEarlyTracer.start_span("with options", {.attributes = {{"k", 1}}}).end();
  kEarlyPrepared.start().end();
  const Span child = kEarlyTracer.start_span("child", {.parent = kParent});
  EXPECT_TRUE(child.is_recording());
  EXPECT_EQ(child.context().trace_id(), kParent.trace_id());
  EXPECT_EQ(recorded(provider), 3u);
}

TEST_F(DefaultProvider, may_be_none_again) {
  TracerProvider provider = make_provider_to_nobody();
  set_default_provider(&provider);
  kEarlyTracer.start_span("recorded").end();
  set_default_provider(nullptr);
  expect_no_recording(kEarlyTracer);
  EXPECT_FALSE(kEarlyPrepared.start().is_recording());
  EXPECT_EQ(kEarlyPrepared.start(kParent).context(), kParent);
  EXPECT_EQ(recorded(provider), 1u);
}

TEST_F(DefaultProvider, may_be_another) {
  TracerProvider first = make_provider_to_nobody();
  TracerProvider second = make_provider_to_nobody();
  set_default_provider(&first);
  kEarlyTracer.start_span("first").end();
  set_default_provider(&second);
  for (int i = 0; i < 2; ++i) kEarlyTracer.start_span("second").end();
  kEarlyPrepared.start().end();
  EXPECT_EQ(recorded(first), 1u);
  EXPECT_EQ(recorded(second), 3u);
}

TEST_F(DefaultProvider, keeps_a_tracer_that_was_got_while_it_was_set_until_its_end) {
  auto first = std::make_unique<TracerProvider>(make_provider_to_nobody());
  TracerProvider second = make_provider_to_nobody();
  set_default_provider(first.get());
  const Tracer tracer = get_tracer("t");
  const PreparedSpan prepared = tracer.prepare("prepared");
  set_default_provider(&second);
  tracer.start_span("of the first").end();
  prepared.start().end();
  EXPECT_EQ(recorded(*first), 2u);
  static_cast<void>(first->shutdown());
  EXPECT_TRUE(tracer.enabled());
  tracer.start_span("of the second").end();
  first.reset();
  tracer.start_span("of the second", {.attributes = {{"k", 1}}}).end();
  prepared.start().end();
  EXPECT_EQ(recorded(second), 3u);
}

TEST_F(DefaultProvider, has_no_spans_of_a_tracer_of_another_provider) {
  std::optional<TracerProvider> own(make_provider_to_nobody());
  TracerProvider provider = make_provider_to_nobody();
  set_default_provider(&provider);
  const Tracer tracer = own->get_tracer("t");
  const PreparedSpan prepared = tracer.prepare("prepared");
  own.reset();
  expect_no_recording(tracer);
  EXPECT_FALSE(prepared.start().is_recording());
  expect_no_recording(Tracer());
  EXPECT_EQ(recorded(provider), 0u);
}

// The next one takes over its runtime.
TEST_F(DefaultProvider, is_none_once_it_is_destroyed) {
  std::optional<TracerProvider> provider(make_provider_to_nobody());
  set_default_provider(&*provider);
  const Tracer tracer = get_tracer("t");
  provider.reset();
  TracerProvider next = make_provider_to_nobody();
  for (const Tracer& each : {kEarlyTracer, tracer, get_tracer("another")})
    expect_no_recording(each);
  EXPECT_EQ(recorded(next), 0u);
}

TEST_F(DefaultProvider, records_nothing_once_it_is_shut_down) {
  TracerProvider provider = make_provider_to_nobody();
  set_default_provider(&provider);
  const Tracer tracer = get_tracer("t");
  static_cast<void>(provider.shutdown());
  for (const Tracer& each : {kEarlyTracer, tracer, get_tracer("another")})
    expect_no_recording(each);
}

TEST_F(DefaultProvider, that_was_moved_from_records_nothing) {
  TracerProvider provider = make_provider_to_nobody();
  set_default_provider(&provider);
  TracerProvider other = std::move(provider);
  expect_no_recording(kEarlyTracer);
  set_default_provider(&other);
  kEarlyTracer.start_span("recorded").end();
  EXPECT_EQ(recorded(other), 1u);
}

TEST_F(DefaultProvider, that_was_assigned_to_records_as_what_it_is_now) {
  TracerProvider provider = make_provider_to_nobody();
  set_default_provider(&provider);
  const Tracer tracer = get_tracer("t");
  provider = make_provider_to_nobody();
  for (const Tracer& each : {kEarlyTracer, tracer}) each.start_span("recorded").end();
  EXPECT_EQ(recorded(provider), 2u);
}

TEST_F(DefaultProvider, that_exports_nothing_is_none) {
  Options options;
  options.exporter = NoExporter{};
  TracerProvider provider = TracerProvider::create(std::move(options)).value();
  set_default_provider(&provider);
  const Tracer tracer = get_tracer("t");
  for (const Tracer& each : {kEarlyTracer, tracer}) expect_no_recording(each);
  TracerProvider other = make_provider_to_nobody();
  set_default_provider(&other);
  for (const Tracer& each : {kEarlyTracer, tracer}) each.start_span("recorded").end();
  EXPECT_EQ(recorded(other), 2u);
}

// ---- What is recorded

official::ScopeSpans only_scope(test::RecordingStage& stage) {
  const auto requests = stage.drain();
  EXPECT_EQ(requests.size(), 1u);
  if (requests.size() != 1) return {};
  const auto request = official::parse_request(requests[0]);
  EXPECT_TRUE(request && request->resource_spans(0).scope_spans_size() == 1);
  return request ? request->resource_spans(0).scope_spans(0) : official::ScopeSpans();
}

TEST_F(DefaultProvider, hears_the_scope_of_a_tracer_that_was_there_before) {
  test::RecordingStage stage({});
  stage.make_default();
  kEarlyTracer.start_span("span", {.start_time = Timestamp(std::chrono::seconds(7))}).end();
  const official::ScopeSpans scope = only_scope(stage);
  EXPECT_EQ(scope.scope().name(), "early");
  EXPECT_EQ(scope.scope().version(), "1");
  EXPECT_EQ(scope.scope().attributes(0).key(), "key");
  EXPECT_EQ(scope.schema_url(), "u");
  ASSERT_EQ(scope.spans_size(), 1);
  EXPECT_EQ(scope.spans(0).start_time_unix_nano(), 7'000'000'000u);
}

TEST_F(DefaultProvider, sets_the_limits_of_what_is_added_to_a_span_prepared_before) {
  Options options;
  options.limits.attributes_max = 2;
  options.limits.attribute_value_length_max = 3;
  test::RecordingStage stage(options);
  stage.make_default();
  {
    Span span = kEarlyPrepared.start();
    span.set_attribute("second", "abcdef");
    span.set_attribute("third", 3);
  }
  const official::ScopeSpans scope = only_scope(stage);
  ASSERT_EQ(scope.spans_size(), 1);
  const official::Span& span = scope.spans(0);
  EXPECT_EQ(span.name(), "prepared");
  ASSERT_EQ(span.attributes_size(), 2);
  EXPECT_EQ(span.attributes(0).key(), "k");
  EXPECT_EQ(span.attributes(1).value().string_value(), "abc");
  EXPECT_EQ(span.dropped_attributes_count(), 1u);
}

TEST_F(DefaultProvider, keeps_what_was_prepared_beyond_its_limits) {
  const PreparedSpan prepared =
      kEarlyTracer.prepare("prepared", {.attributes = {{"a", 1}, {"b", 2}, {"c", 3}}});
  Options options;
  options.limits.attributes_max = 2;
  test::RecordingStage stage(options);
  stage.make_default();
  prepared.start().set_attribute("d", 4);
  const official::ScopeSpans scope = only_scope(stage);
  ASSERT_EQ(scope.spans_size(), 1);
  EXPECT_EQ(scope.spans(0).attributes_size(), 3);
  EXPECT_EQ(scope.spans(0).dropped_attributes_count(), 1u);
}

}  // namespace
}  // namespace cero
