// Goal: the innermost living scope of a thread is the parent of what starts there. Method: scopes
// made, nested and left by hand.
#include "cero/context.h"

#include <gtest/gtest.h>

#include <optional>
#include <thread>

#include "support/recording_stage.h"

namespace cero {
namespace {

SpanContext context_of(uint8_t number) {
  return {TraceId({number}), SpanId({number}), TraceFlags::kSampled};
}

TEST(Context, no_scope_no_context) { EXPECT_FALSE(current_context().valid()); }

TEST(Context, scopes_nest) {
  {
    const Scope outer(context_of(1));
    EXPECT_EQ(current_context(), context_of(1));
    {
      const Scope inner(context_of(2));
      EXPECT_EQ(current_context(), context_of(2));
    }
    EXPECT_EQ(current_context(), context_of(1));
  }
  EXPECT_FALSE(current_context().valid());
}

TEST(Context, an_invalid_context_makes_nothing_current) {
  const Scope outer(context_of(1));
  {
    const Scope nothing{SpanContext()};
    EXPECT_EQ(current_context(), context_of(1));
    const Scope inner(context_of(2));
    EXPECT_EQ(current_context(), context_of(2));
  }
  EXPECT_EQ(current_context(), context_of(1));
}

TEST(Context, each_thread_has_its_own) {
  const Scope here(context_of(1));
  std::thread([] {
    EXPECT_FALSE(current_context().valid());
    const Scope there(context_of(2));
    EXPECT_EQ(current_context(), context_of(2));
  }).join();
  EXPECT_EQ(current_context(), context_of(1));
}

TEST(Context, a_scope_keeps_the_tracestate_alive) {
  std::optional<SpanContext> context(std::in_place, TraceId({1}), SpanId({1}), uint8_t{0}, true,
                                     TraceState::from_header("k=v"));
  const Scope scope(*context);
  context.reset();
  EXPECT_EQ(current_context().trace_state().to_header(), "k=v");
  EXPECT_TRUE(current_context().remote());
}

TEST(Context, a_scope_neither_ends_nor_owns_its_span) {
  test::RecordingStage stage({});
  Span span = stage.tracer("t").start_span("s");
  {
    const Scope scope(span);
    EXPECT_EQ(current_context(), span.context());
    span.end();
    EXPECT_EQ(current_context(), span.context());  // ending changes nothing
  }
  EXPECT_FALSE(current_context().valid());
}

TEST(Context, a_scoped_span_is_current_until_it_ends_with_its_block) {
  test::RecordingStage stage({});
  Tracer tracer = stage.tracer("t");
  {
    const ScopedSpan outer = tracer.start_as_current_span("outer");
    const ScopedSpan inner = tracer.start_as_current_span("inner", {.kind = SpanKind::client});
    EXPECT_EQ(current_context(), inner.context());
    EXPECT_EQ(inner.context().trace_id(), outer.context().trace_id());
    EXPECT_EQ(stage.spans_pushed(), 0u);
  }
  EXPECT_FALSE(current_context().valid());
  EXPECT_EQ(stage.spans_pushed(), 2u);
}

}  // namespace
}  // namespace cero
