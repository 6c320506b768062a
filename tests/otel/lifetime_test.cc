// Lives and costs of the adapter's objects. Goal: spans end once, outlive what made them, and cost
// no allocation. Method: the API alone; the C library's allocator, counted.
#include <thread>
#include <vector>

#include "otel/api_fixture.h"
#include "support/malloc_count.h"

namespace cero::test {
namespace {

class OtelLifetime : public ApiFixture {};

TEST_F(OtelLifetime, counts_the_first_end) {
  const auto span = tracer().StartSpan("span");
  const auto context = span->GetContext();
  EXPECT_TRUE(context.IsValid());
  EXPECT_TRUE(context.IsSampled());
  EXPECT_TRUE(span->IsRecording());
  span->End();
  EXPECT_FALSE(span->IsRecording());
  span->SetAttribute("late", 1);
  span->AddEvent("late", {{"key", 1}});
  span->SetStatus(trace_api::StatusCode::kError, "late");
  span->UpdateName("late");
  span->End();
  EXPECT_EQ(span->GetContext(), context);
  const auto got = received("span");
  EXPECT_EQ(got.attributes_size() + got.events_size() + got.status().code(), 0);
  EXPECT_EQ(provider().provider().stats().recorded, 1u);
}

TEST_F(OtelLifetime, ends_when_the_last_pointer_goes) {
  SpanPointer copy;
  {
    const auto span = tracer().StartSpan("span");
    copy = span;
  }
  EXPECT_TRUE(received().empty());
  copy = SpanPointer();
  EXPECT_EQ(received().count("span"), 1u);
}

TEST_F(OtelLifetime, ends_on_another_thread) {
  auto span = tracer().StartSpan("span");
  std::thread([moved = std::move(span)]() mutable {
    moved->SetAttribute("there", true);
    moved = SpanPointer();
  }).join();
  EXPECT_EQ(received("span").attributes_size(), 1);
}

TEST_F(OtelLifetime, gives_the_same_tracer_for_the_same_scope) {
  EXPECT_EQ(provider().GetTracer("tests", "1.0").get(), tracer_pointer().get());
  EXPECT_NE(provider().GetTracer("tests", "1.1").get(), tracer_pointer().get());
  EXPECT_NE(provider().GetTracer("tests", "1.0", "https://schema").get(), tracer_pointer().get());
  std::vector<std::thread> threads;
  std::vector<TracerPointer> found(4);
  for (TracerPointer& tracer : found)
    threads.emplace_back([&] { tracer = provider().GetTracer("found by all"); });
  for (std::thread& thread : threads) thread.join();
  for (const TracerPointer& tracer : found) EXPECT_EQ(tracer.get(), found.front().get());
}

TEST_F(OtelLifetime, passes_the_parent_on_after_shutdown) {
  const auto open = tracer().StartSpan("open");
  EXPECT_TRUE(provider().Shutdown());
  open->End();
  trace_api::StartSpanOptions options;
  options.parent = remote_context();
  const auto child = tracer().StartSpan("child", options);
  EXPECT_FALSE(child->IsRecording());
  EXPECT_EQ(child->GetContext(), remote_context());
  const auto root = tracer().StartSpan("root");
  EXPECT_FALSE(root->IsRecording());
  EXPECT_FALSE(root->GetContext().IsValid());
  root->SetAttribute("ignored", 1);
  root->End();
}

TEST_F(OtelLifetime, outlives_the_provider) {
  const auto tracer = tracer_pointer();
  const auto span = tracer->StartSpan("span");
  tracer->StartSpan("delivered")->End();
  destroy_provider();
  span->SetAttribute("late", 1);
  span->End();
  EXPECT_TRUE(span->GetContext().IsValid());
  EXPECT_FALSE(tracer->StartSpan("late")->IsRecording());
  EXPECT_EQ(received().count("delivered"), 1u);
  EXPECT_EQ(received().size(), 1u);
}

#if OPENTELEMETRY_ABI_VERSION_NO == 1
TEST_F(OtelLifetime, flushes_by_a_tracer) {
  tracer().StartSpan("first")->End();
  tracer().ForceFlush(std::chrono::seconds(30));
  EXPECT_EQ(provider().provider().stats().exported, 1u);
  tracer().StartSpan("second")->End();
  tracer().Close(std::chrono::seconds(30));
  EXPECT_EQ(provider().provider().stats().exported, 2u);
}
#endif

TEST_F(OtelLifetime, is_the_global_provider_when_set) {
  trace_api::Provider::SetTracerProvider(otel::TracerProvider::Pointer(
      std::shared_ptr<trace_api::TracerProvider>(&provider(), [](trace_api::TracerProvider*) {})));
  trace_api::Provider::GetTracerProvider()->GetTracer("global")->StartSpan("span")->End();
  trace_api::Provider::SetTracerProvider(
      otel::TracerProvider::Pointer(new trace_api::NoopTracerProvider()));
  EXPECT_EQ(received().count("span"), 1u);
}

TEST_F(OtelLifetime, says_what_is_wrong_with_options) {
  const auto made = otel::TracerProvider::create({.exporter = {.endpoint = "nonsense"}});
  ASSERT_FALSE(made);
  EXPECT_NE(made.error().message().find("endpoint"), std::string::npos);
}

// Under a sanitizer the count stays 0: see malloc_count.h.
TEST_F(OtelLifetime, allocates_nothing_for_a_span) {
  constexpr uint64_t kUint64s[] = {1, 2, 3};
  const auto make = [&] {
    trace_api::StartSpanOptions options;
    options.kind = trace_api::SpanKind::kServer;
    options.parent = remote_context();
    const auto span = tracer().StartSpan("span", options);
    span->SetAttribute("http.request.method", "GET");
    span->SetAttribute("http.response.status_code", 200);
    span->SetAttribute("ids", api::nostd::span<const uint64_t>(kUint64s));
    span->AddEvent("event", {{"attempt", 1}, {"text", "some text"}});
    span->SetStatus(trace_api::StatusCode::kOk);
    span->End();
    EXPECT_TRUE(span->GetContext().IsValid());
  };
  for (int i = 0; i < 10; ++i) make();  // the thread's first spans map what it records into
  const uint64_t before = malloc_count();
  for (int i = 0; i < 100; ++i) make();
  EXPECT_EQ(malloc_count(), before);
  EXPECT_TRUE(provider().ForceFlush());
}

}  // namespace
}  // namespace cero::test
