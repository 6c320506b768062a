// cero's processor in the OpenTelemetry SDK. Goal: what the SDK decides stays the SDK's (resource,
// sampler, ids), and what it records arrives. Method: the SDK's provider, compared with what the
// receiver got.
#include <opentelemetry/sdk/trace/id_generator.h>
#include <opentelemetry/sdk/trace/samplers/always_off.h>
#include <opentelemetry/sdk/trace/tracer_provider.h>
#include <opentelemetry/trace/scope.h>

#include "cero/otel/span_processor.h"
#include "otel/api_fixture.h"

namespace cero::test {
namespace {

namespace sdk = opentelemetry::sdk;

constexpr int32_t kNumbers[] = {1, 2};
const api::nostd::string_view kTexts[] = {"a", "b"};

class OneId final : public sdk::trace::IdGenerator {
 public:
  OneId() : IdGenerator(false) {}

  trace_api::SpanId GenerateSpanId() noexcept override {
    const std::array<uint8_t, 8> id{1, 2, 3, 4, 5, 6, 7, 8};
    return trace_api::SpanId(id);
  }
  trace_api::TraceId GenerateTraceId() noexcept override {
    const std::array<uint8_t, 16> id{9, 8, 7, 6, 5, 4, 3, 2, 1};
    return trace_api::TraceId(id);
  }
};

class RecordOnly final : public sdk::trace::Sampler {
 public:
  sdk::trace::SamplingResult ShouldSample(
      const trace_api::SpanContext&, trace_api::TraceId, api::nostd::string_view,
      trace_api::SpanKind, const api::common::KeyValueIterable&,
      const trace_api::SpanContextKeyValueIterable&) noexcept override {
    return {sdk::trace::Decision::RECORD_ONLY, nullptr, {}};
  }
  api::nostd::string_view GetDescription() const noexcept override { return "RecordOnly"; }
};

class OtelProcessor : public testing::Test {
 protected:
  std::unique_ptr<otel::SpanProcessor> make_processor(const sdk::resource::Resource& resource) {
    // Its sampler is ignored: the SDK has sampled already.
    auto made = otel::SpanProcessor::create(
        resource, {.exporter = backend_.exporter(), .sampler = Sampler::always_off()});
    if (!made) throw std::runtime_error(made.error().message());
    processor_ = made->get();
    return std::move(made).value();
  }
  void begin(std::unique_ptr<sdk::trace::Sampler> sampler = nullptr,
             std::unique_ptr<sdk::trace::IdGenerator> ids = nullptr) {
    if (sampler == nullptr) sampler = std::make_unique<sdk::trace::AlwaysOnSampler>();
    if (ids == nullptr) ids = std::make_unique<sdk::trace::RandomIdGenerator>();
    provider_ = std::make_shared<sdk::trace::TracerProvider>(make_processor(resource_), resource_,
                                                             std::move(sampler), std::move(ids));
  }

  sdk::trace::TracerProvider& provider() { return *provider_; }
  const cero::TracerProvider& own() const { return processor_->provider(); }
  TracerPointer tracer() { return provider_->GetTracer("tests", "1.0", "https://schema/scope"); }

  otlp::ResourceSpans received() {
    EXPECT_TRUE(provider_->ForceFlush());
    expect_balance(own().stats());
    const auto requests = backend_.receiver().take_requests();
    otlp::ExportTraceServiceRequest message;
    EXPECT_LE(requests.size(), 1u);
    for (const auto& request : requests) EXPECT_TRUE(message.ParseFromString(request.request.body));
    return message.resource_spans_size() == 1 ? message.resource_spans(0) : otlp::ResourceSpans();
  }
  otlp::Span received_span() {
    const auto all = received();
    EXPECT_EQ(all.scope_spans_size(), 1);
    return all.scope_spans_size() == 1 ? all.scope_spans(0).spans(0) : otlp::Span();
  }

  sdk::resource::Resource resource_ = sdk::resource::Resource::Create(
      {{"service.name", "shop"},
       {"text", "t"},
       {"number", int64_t{7}},
       {"big", UINT64_MAX},
       {"half", 0.5},
       {"yes", true},
       {"numbers", api::nostd::span<const int32_t>(kNumbers)},
       {"texts", api::nostd::span<const api::nostd::string_view>(kTexts)}},
      "https://schema/resource");

 private:
  DirectBackend backend_{Route::http1_plain};
  const otel::SpanProcessor* processor_ = nullptr;  // the provider's
  std::shared_ptr<sdk::trace::TracerProvider> provider_;
};

TEST_F(OtelProcessor, exports_the_sdks_resource_and_scope) {
  begin();
  tracer()->StartSpan("span")->End();
  const auto all = received();
  auto values = attributes_of(all.resource());
  EXPECT_EQ(values["service.name"].string_value(), "shop");
  EXPECT_EQ(values["telemetry.sdk.name"].string_value(), "opentelemetry");
  EXPECT_EQ(values["text"].string_value(), "t");
  EXPECT_EQ(values["number"].int_value(), 7);
  EXPECT_EQ(values["big"].string_value(), "18446744073709551615");
  EXPECT_EQ(values["half"].double_value(), 0.5);
  EXPECT_TRUE(values["yes"].bool_value());
  EXPECT_EQ(values["numbers"].array_value().values(1).int_value(), 2);
  EXPECT_EQ(values["texts"].array_value().values(1).string_value(), "b");
  EXPECT_EQ(all.schema_url(), "https://schema/resource");
  ASSERT_EQ(all.scope_spans_size(), 1);
  EXPECT_EQ(all.scope_spans(0).schema_url(), "https://schema/scope");
  EXPECT_EQ(all.scope_spans(0).scope().name(), "tests");
  EXPECT_EQ(all.scope_spans(0).scope().version(), "1.0");
}

TEST_F(OtelProcessor, keeps_the_sdks_ids) {
  begin(nullptr, std::make_unique<OneId>());
  tracer()->StartSpan("root")->End();
  const auto root = received_span();
  EXPECT_EQ(root.span_id(), bytes_of(OneId().GenerateSpanId()));
  EXPECT_EQ(root.trace_id(), bytes_of(OneId().GenerateTraceId()));
  EXPECT_EQ(root.parent_span_id(), "");
  EXPECT_EQ(root.flags(), 0x101u);

  trace_api::StartSpanOptions options;
  options.parent = trace_api::SpanContext(remote_context().trace_id(), remote_context().span_id(),
                                          remote_context().trace_flags(), true,
                                          trace_api::TraceState::FromHeader("one=1"));
  tracer()->StartSpan("child", options)->End();
  const auto child = received_span();
  EXPECT_EQ(child.trace_id(), bytes_of(remote_context().trace_id()));
  EXPECT_EQ(child.parent_span_id(), bytes_of(remote_context().span_id()));
  EXPECT_EQ(child.trace_state(), "one=1");
  EXPECT_EQ(child.flags(), 0x301u);
}

TEST_F(OtelProcessor, exports_what_the_sdks_sampler_samples) {
  begin(std::make_unique<sdk::trace::AlwaysOffSampler>());
  tracer()->StartSpan("dropped")->End();
  EXPECT_EQ(received().scope_spans_size(), 0);

  begin(std::make_unique<RecordOnly>());
  const auto span = tracer()->StartSpan("recorded only");
  EXPECT_TRUE(span->IsRecording());
  span->End();
  EXPECT_EQ(received().scope_spans_size(), 0);
  EXPECT_EQ(own().stats().recorded, 0u);
}

TEST_F(OtelProcessor, records_all_of_a_span) {
  begin();
  trace_api::StartSpanOptions options;
  options.kind = trace_api::SpanKind::kClient;
  options.start_system_time =
      api::common::SystemTimestamp(std::chrono::nanoseconds(1'700'000'000'000'000'000));
  options.start_steady_time = api::common::SteadyTimestamp(std::chrono::nanoseconds(1'000));
  const auto span = tracer()->StartSpan("first name", {{"at start", 1}},
                                        {{remote_context(), {{"batch", 7}}}}, options);
  span->SetAttribute("later", "text");
  span->AddEvent("event", {{"attempt", 2}});
  span->SetStatus(trace_api::StatusCode::kError, "no stock");
  span->UpdateName("span");
  trace_api::EndSpanOptions end;
  end.end_steady_time = api::common::SteadyTimestamp(std::chrono::nanoseconds(3'500));
  span->End(end);

  const auto got = received_span();
  EXPECT_EQ(got.name(), "span");
  EXPECT_EQ(got.kind(), 3);
  EXPECT_EQ(got.start_time_unix_nano(), 1'700'000'000'000'000'000u);
  EXPECT_EQ(got.end_time_unix_nano(), 1'700'000'000'000'002'500u);
  EXPECT_EQ(attributes_of(got)["at start"].int_value(), 1);
  EXPECT_EQ(attributes_of(got)["later"].string_value(), "text");
  ASSERT_EQ(got.events_size(), 1);
  EXPECT_EQ(attributes_of(got.events(0))["attempt"].int_value(), 2);
  ASSERT_EQ(got.links_size(), 1);
  EXPECT_EQ(got.links(0).span_id(), bytes_of(remote_context().span_id()));
  EXPECT_EQ(attributes_of(got.links(0))["batch"].int_value(), 7);
  EXPECT_EQ(got.status().message(), "no stock");
}

TEST_F(OtelProcessor, works_beside_another_processor) {
  std::vector<std::unique_ptr<sdk::trace::SpanProcessor>> processors;
  auto first = make_processor(resource_);
  const cero::TracerProvider& first_own = first->provider();
  auto second = make_processor(resource_);
  processors.push_back(std::move(first));
  processors.push_back(std::move(second));
  sdk::trace::TracerProvider both(std::move(processors), resource_);
  both.GetTracer("tests")->StartSpan("span")->End();
  EXPECT_TRUE(both.ForceFlush());
  EXPECT_EQ(first_own.stats().exported, 1u);
  EXPECT_EQ(own().stats().exported, 1u);
}

TEST_F(OtelProcessor, ignores_spans_after_shutdown) {
  begin();
  const auto open = tracer()->StartSpan("open");
  EXPECT_TRUE(provider().Shutdown());
  open->End();
  const auto late = tracer()->StartSpan("late", {{"key", 1}});
  late->AddEvent("event");
  late->SetStatus(trace_api::StatusCode::kOk);
  late->End();
  EXPECT_EQ(own().stats().exported, 0u);
  expect_balance(own().stats());
}

TEST_F(OtelProcessor, says_what_is_wrong_with_options) {
  const auto made = otel::SpanProcessor::create(resource_, {.exporter = {.endpoint = "nonsense"}});
  ASSERT_FALSE(made);
  EXPECT_NE(made.error().message().find("endpoint"), std::string::npos);
}

}  // namespace
}  // namespace cero::test
