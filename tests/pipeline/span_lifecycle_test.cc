// Goal: whatever is done with spans and tracers, with or without a provider, the outcome is
// defined. Method: the public API against the in-process receiver.
#include <gtest/gtest.h>

#include <utility>

#include "pipeline/lifecycle_harness.h"

namespace cero::test {
namespace {

TEST(SpanLifecycle, the_first_end_counts) {
  DirectBackend backend(Route::http1_plain);
  TracerProvider provider = make_provider(options_for(backend));
  Span span = provider.get_tracer("t").start_span("twice");
  const SpanContext context = span.context();
  span.end();
  EXPECT_FALSE(span.is_recording());
  EXPECT_EQ(span.context(), context);
  span.end();
  span.set_attribute("late", 1);
  span.add_event("late");
  span.add_link(context);
  span.set_status(StatusCode::error);
  span.update_name("late");
  EXPECT_TRUE(provider.force_flush());
  EXPECT_EQ(provider.stats().recorded, 1u);
  EXPECT_EQ(backend.receiver().counts().spans, 1u);
}

TEST(SpanLifecycle, moved_spans_end_once) {
  DirectBackend backend(Route::http1_plain);
  TracerProvider provider = make_provider(options_for(backend));
  Tracer tracer = provider.get_tracer("t");
  {
    Span first = tracer.start_span("first");
    Span second = std::move(first);
    first.end();                         // NOLINT(bugprone-use-after-move): this is the question
    EXPECT_FALSE(first.is_recording());  // NOLINT(bugprone-use-after-move)
    EXPECT_FALSE(first.context().valid());
    EXPECT_TRUE(second.is_recording());
    second = tracer.start_span("replaces and so ends the first");
    EXPECT_EQ(provider.stats().recorded, 1u);
    Span& self = second;
    second = std::move(self);
    EXPECT_TRUE(second.is_recording());
  }
  EXPECT_TRUE(provider.force_flush());
  EXPECT_EQ(provider.stats().exported, 2u);
}

TEST(SpanLifecycle, a_default_span_ignores_all) {
  Span span;
  span.set_attribute("a", 1);
  span.add_event("e");
  span.end();
  EXPECT_FALSE(span.is_recording());
  EXPECT_FALSE(span.context().valid());
}

TEST(SpanLifecycle, unsampled_spans_carry_ids_and_are_not_recorded) {
  DirectBackend backend(Route::http1_plain);
  Options options = options_for(backend);
  options.sampler = Sampler::parent_based(Sampler::always_off());
  TracerProvider provider = make_provider(std::move(options));
  Tracer tracer = provider.get_tracer("t");
  {
    const Span root = tracer.start_span("root");
    const Span child = tracer.start_span("child", {.parent = root.context()});
    EXPECT_FALSE(root.is_recording());
    EXPECT_TRUE(root.context().valid());
    EXPECT_FALSE(root.context().sampled());
    EXPECT_EQ(child.context().trace_id(), root.context().trace_id());
    EXPECT_NE(child.context().span_id(), root.context().span_id());
    const SpanContext remote(root.context().trace_id(), root.context().span_id(),
                             TraceFlags::kSampled, true);
    EXPECT_TRUE(tracer.start_span("sampled remotely", {.parent = remote}).is_recording());
  }
  EXPECT_TRUE(provider.force_flush());
  EXPECT_EQ(provider.stats().recorded, 1u);
  EXPECT_EQ(provider.stats().exported, 1u);
}

// ---- Tracers without a provider

TEST(SpanLifecycle, a_tracer_without_provider_carries_the_parent_on) {
  Tracer tracer;
  EXPECT_FALSE(tracer.enabled());
  EXPECT_FALSE(tracer.start_span("root").context().valid());
  const SpanContext parent(*TraceId::from_hex("000000000000000000000000000000aa"),
                           *SpanId::from_hex("00000000000000bb"), TraceFlags::kSampled, true,
                           TraceState::from_header("k=v"));
  Span span = tracer.start_span("child", {.parent = parent});
  EXPECT_FALSE(span.is_recording());
  EXPECT_EQ(span.context(), parent);
  span.set_attribute("a", 1);
  span.end();
  EXPECT_EQ(span.context(), parent);
  const ScopedSpan current = tracer.start_as_current_span("current", {.parent = parent});
  EXPECT_EQ(current_context(), parent);
  EXPECT_EQ(tracer.start_span("of the current one").context(), parent);
}

TEST(SpanLifecycle, the_default_provider_is_the_one_that_was_set) {
  EXPECT_FALSE(get_tracer("early").enabled());
  DirectBackend backend(Route::http1_plain);
  TracerProvider provider = make_provider(options_for(backend));
  set_default_provider(&provider);
  Tracer tracer = get_tracer("set");
  set_default_provider(nullptr);
  EXPECT_FALSE(get_tracer("late").enabled());
  EXPECT_TRUE(tracer.enabled());
  end_spans(tracer, 3);
  EXPECT_TRUE(provider.force_flush());
  EXPECT_EQ(backend.receiver().counts().spans, 3u);
}

TEST(SpanLifecycle, a_provider_that_exports_nothing_records_nothing) {
  Options options;
  options.exporter = NoExporter{};
  TracerProvider provider = make_provider(std::move(options));
  EXPECT_FALSE(provider.get_tracer("t").enabled());
  EXPECT_TRUE(provider.prepare_thread());
  EXPECT_TRUE(provider.force_flush());
  EXPECT_EQ(provider.stats().recorded, 0u);
}

}  // namespace
}  // namespace cero::test
