// Whose child a span is. Goal: the API's rules hold, with current spans of the API and of cero,
// explicit parents and roots. Method: the API alone, compared with what the receiver got.
#include "cero/context.h"

#include <opentelemetry/context/runtime_context.h>
#include <opentelemetry/trace/context.h>

#include <thread>

#include "otel/api_fixture.h"

namespace cero::test {
namespace {

class OtelContext : public ApiFixture {
 protected:
  void expect_child(const std::string& child, const trace_api::SpanContext& parent) {
    const auto span = received(child);
    EXPECT_EQ(span.parent_span_id(), bytes_of(parent.span_id())) << child;
    EXPECT_EQ(span.trace_id(), bytes_of(parent.trace_id())) << child;
  }
  void expect_root(const std::string& name) { EXPECT_EQ(received(name).parent_span_id(), ""); }
};

TEST_F(OtelContext, makes_children_of_the_current_span) {
  tracer().StartSpan("before")->End();
  auto outer = tracer().StartSpan("outer");
  SpanPointer inner;
  {
    const trace_api::Scope scope(outer);
    inner = tracer().StartSpan("inner");
    {
      const auto nested = trace_api::Tracer::WithActiveSpan(inner);
      tracer().StartSpan("innermost")->End();
      EXPECT_EQ(trace_api::Tracer::GetCurrentSpan(), inner);
    }
    tracer().StartSpan("inner too")->End();
    std::thread([&] { tracer().StartSpan("elsewhere")->End(); }).join();
  }
  tracer().StartSpan("after")->End();
  EXPECT_TRUE(outer->IsRecording()) << "a scope does not end its span";
  inner->End();
  outer->End();

  expect_root("before");
  expect_root("outer");
  expect_child("inner", outer->GetContext());
  expect_child("innermost", inner->GetContext());
  expect_child("inner too", outer->GetContext());
  expect_root("elsewhere");
  expect_root("after");
}

TEST_F(OtelContext, takes_an_explicit_parent_before_the_current_span) {
  const auto current = tracer().StartSpan("current");
  const trace_api::Scope scope(current);

  trace_api::StartSpanOptions options;
  options.parent = remote_context();
  tracer().StartSpan("of a span context", options)->End();

  const auto other = tracer().StartSpan("other");
  api::context::Context empty;
  options.parent = trace_api::SetSpan(empty, other);
  tracer().StartSpan("of a context", options)->End();

  options.parent = empty.SetValue(trace_api::kIsRootSpanKey, true);
  tracer().StartSpan("root", options)->End();
  options.parent = empty.SetValue(trace_api::kIsRootSpanKey, false);
  tracer().StartSpan("not a root", options)->End();
  options.parent = trace_api::SpanContext::GetInvalid();
  tracer().StartSpan("of the current one", options)->End();

  expect_child("of a span context", remote_context());
  EXPECT_EQ(received("of a span context").flags(), 0x301u) << "its parent is remote";
  expect_child("of a context", other->GetContext());
  EXPECT_EQ(received("of a context").flags() & 0x300u, 0x100u) << "its parent is local";
  expect_root("root");
  expect_child("not a root", current->GetContext());
  expect_child("of the current one", current->GetContext());
}

TEST_F(OtelContext, carries_a_context_to_another_thread) {
  const auto parent = tracer().StartSpan("parent");
  const trace_api::Scope scope(parent);
  const auto context = api::context::RuntimeContext::GetCurrent();
  std::thread([&] {
    const auto token = api::context::RuntimeContext::Attach(context);
    tracer().StartSpan("child")->End();
  }).join();
  expect_child("child", parent->GetContext());
}

TEST_F(OtelContext, falls_back_to_the_span_that_is_current_for_cero) {
  cero::Tracer own = provider().provider().get_tracer("own");
  const auto native = own.start_as_current_span("native");
  tracer().StartSpan("below native")->End();
  const auto outer = tracer().StartSpan("of the API");
  {
    const trace_api::Scope scope(outer);
    tracer().StartSpan("below the API")->End();
  }
  const auto below = received("below native");
  EXPECT_EQ(
      below.parent_span_id(),
      std::string(reinterpret_cast<const char*>(native.context().span_id().bytes().data()), 8));
  expect_child("below the API", outer->GetContext());
}

TEST_F(OtelContext, understands_spans_of_other_implementations) {
  const SpanPointer foreign(new trace_api::DefaultSpan(remote_context()));
  const trace_api::Scope scope(foreign);
  tracer().StartSpan("child")->End();
  expect_child("child", remote_context());
}

TEST_F(OtelContext, inherits_the_tracestate) {
  const auto state = trace_api::TraceState::FromHeader("one=1,two=2");
  const trace_api::SpanContext parent(remote_context().trace_id(), remote_context().span_id(),
                                      remote_context().trace_flags(), true, state);
  trace_api::StartSpanOptions options;
  options.parent = parent;
  const auto child = tracer().StartSpan("child", options);
  EXPECT_EQ(child->GetContext().trace_state()->ToHeader(), "one=1,two=2");
  child->End();
  EXPECT_EQ(received("child").trace_state(), "one=1,two=2");
}

TEST_F(OtelContext, follows_an_unsampled_parent) {
  trace_api::StartSpanOptions options;
  options.parent = remote_context(0);
  const auto child = tracer().StartSpan("child", options);
  EXPECT_FALSE(child->IsRecording());
  const auto context = child->GetContext();
  EXPECT_TRUE(context.IsValid());
  EXPECT_FALSE(context.IsSampled());
  EXPECT_FALSE(context.IsRemote());
  EXPECT_EQ(bytes_of(context.trace_id()), bytes_of(remote_context().trace_id()));
  EXPECT_NE(bytes_of(context.span_id()), bytes_of(remote_context().span_id()));
  child->SetAttribute("ignored", 1);
  child->AddEvent("ignored", {{"key", 1}});
  child->End();
  EXPECT_TRUE(received().empty());
}

TEST_F(OtelContext, samples_roots_as_the_options_say) {
  begin({.sampler = Sampler::always_off()});
  const auto root = tracer().StartSpan("root", {{"ignored", 1}});
  EXPECT_FALSE(root->IsRecording());
  EXPECT_TRUE(root->GetContext().IsValid());
  EXPECT_FALSE(root->GetContext().IsSampled());
  root->End();
  EXPECT_TRUE(received().empty());
}

}  // namespace
}  // namespace cero::test
