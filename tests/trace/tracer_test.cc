// Goal: a span's ids, flags, tracestate and sampling follow from its parent and the sampler, and a
// tracer whose provider is gone records nothing. Method: tracers of a stage without threads.
#include "cero/tracer.h"

#include <gtest/gtest.h>

#include "support/official_messages.h"
#include "support/recording_stage.h"
#include "trace/open_span_budget.h"

namespace cero {
namespace {

using test::RecordingStage;

SpanContext parent(uint8_t flags, bool remote) {
  return {TraceId({1, 2, 3}), SpanId({4, 5}), flags, remote, TraceState::from_header("k=v")};
}

TEST(Tracer, a_root_has_random_ids) {
  RecordingStage stage({});
  Tracer tracer = stage.tracer("t");
  const Span one = tracer.start_span("one");
  const Span two = tracer.start_span("two", {.parent = Parent::none()});
  EXPECT_TRUE(one.context().valid());
  EXPECT_NE(one.context().trace_id(), two.context().trace_id());
  EXPECT_NE(one.context().span_id(), two.context().span_id());
  EXPECT_EQ(one.context().flags(), TraceFlags::kSampled | TraceFlags::kRandom);
  EXPECT_FALSE(one.context().remote());
}

TEST(Tracer, a_child_takes_trace_random_flag_and_tracestate_from_its_parent) {
  RecordingStage stage({});
  Tracer tracer = stage.tracer("t");
  for (const bool remote : {false, true}) {
    for (const uint8_t random : {uint8_t{0}, TraceFlags::kRandom}) {
      const SpanContext from = parent(TraceFlags::kSampled | random | 0x80, remote);
      const Span child = tracer.start_span("child", {.parent = from, .trace_id = TraceId({9})});
      EXPECT_EQ(child.context().trace_id(), from.trace_id());
      EXPECT_EQ(child.context().trace_state(), from.trace_state());
      EXPECT_EQ(child.context().flags(), TraceFlags::kSampled | random);
      EXPECT_FALSE(child.context().remote());
    }
  }
}

TEST(Tracer, an_explicit_parent_wins_over_the_current_span) {
  RecordingStage stage({});
  Tracer tracer = stage.tracer("t");
  const ScopedSpan current = tracer.start_as_current_span("current");
  EXPECT_EQ(tracer.start_span("c").context().trace_id(), current.context().trace_id());
  EXPECT_EQ(tracer.start_span("c", {.parent = parent(1, true)}).context().trace_id(),
            TraceId({1, 2, 3}));
  EXPECT_NE(tracer.start_span("c", {.parent = Parent::none()}).context().trace_id(),
            current.context().trace_id());
  // A given context that is invalid makes a root, not a child of the current span.
  EXPECT_NE(tracer.start_span("c", {.parent = SpanContext()}).context().trace_id(),
            current.context().trace_id());
}

TEST(Tracer, asks_the_sampler_s_rule_for_each_kind_of_parent) {
  Options options;
  options.sampler =
      Sampler::parent_based(Sampler::always_off(), {.remote_sampled = Sampler::always_off(),
                                                    .remote_not_sampled = Sampler::always_on(),
                                                    .local_sampled = Sampler::always_on(),
                                                    .local_not_sampled = Sampler::always_off()});
  RecordingStage stage(options);
  Tracer tracer = stage.tracer("t");
  const auto samples = [&](const SpanContext& from) {
    const Span span = tracer.start_span("s", {.parent = from});
    EXPECT_EQ(span.is_recording(), span.context().sampled());
    return span.is_recording();
  };
  EXPECT_FALSE(samples({}));
  EXPECT_FALSE(samples(parent(1, true)));
  EXPECT_TRUE(samples(parent(0, true)));
  EXPECT_TRUE(samples(parent(1, false)));
  EXPECT_FALSE(samples(parent(0, false)));
}

TEST(Tracer, samples_by_the_low_56_bits_of_the_trace_id) {
  Options options;
  options.sampler = Sampler::trace_id_ratio(0.5);
  RecordingStage stage(options);
  Tracer tracer = stage.tracer("t");
  const auto samples = [&](std::array<uint8_t, 16> id) {
    return tracer.start_span("s", {.trace_id = TraceId(id)}).is_recording();
  };
  EXPECT_TRUE(samples({1, 0, 0, 0, 0, 0, 0, 0, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}));
  EXPECT_FALSE(samples({1, 0, 0, 0, 0, 0, 0, 0, 0x00, 0x80, 0, 0, 0, 0, 0, 0}));
}

TEST(Tracer, records_nothing_once_its_provider_is_gone) {
  RecordingStage stage({});
  Tracer tracer = stage.tracer("t");
  EXPECT_TRUE(tracer.enabled());
  stage.end_life();
  EXPECT_FALSE(tracer.enabled());
  const Span root = tracer.start_span("root");
  EXPECT_FALSE(root.is_recording());
  EXPECT_FALSE(root.context().valid());
  EXPECT_EQ(tracer.start_span("child", {.parent = parent(1, true)}).context(), parent(1, true));
}

TEST(Tracer, equal_scopes_are_one) {
  RecordingStage stage({});
  stage.tracer("a", "1", "u", {{"k", 1}}).start_span("x").end();
  stage.tracer("a", "1", "u", {{"k", 1}}).start_span("x").end();
  stage.tracer("a", "1", "u", {{"k", 2}}).start_span("x").end();
  stage.tracer("a", "2", "u", {{"k", 1}}).start_span("x").end();
  stage.tracer("a", "1", "v", {{"k", 1}}).start_span("x").end();
  const auto requests = stage.drain();
  ASSERT_EQ(requests.size(), 1u);
  const auto request = official::parse_request(requests[0]);
  ASSERT_TRUE(request);
  EXPECT_EQ(request->resource_spans(0).scope_spans_size(), 4);
}

TEST(Tracer, spans_past_the_memory_of_open_spans_pass_their_parent_on) {
  RecordingStage stage({});
  Tracer tracer = stage.tracer("t");
  core::OpenSpanBudget::set_max(0);
  std::vector<Span> spans;
  while (spans.empty() || spans.back().is_recording())
    spans.push_back(tracer.start_span("s", {.parent = parent(1, true)}));
  EXPECT_EQ(spans.back().context(), parent(1, true));
  EXPECT_FALSE(tracer.start_span("root", {.parent = Parent::none()}).context().valid());
  core::OpenSpanBudget::set_max(uint64_t{64} << 20);
  EXPECT_TRUE(tracer.start_span("s").is_recording());
}

}  // namespace
}  // namespace cero
