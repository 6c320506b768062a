// Spans of the OpenTelemetry API. Goal: what the API is told arrives, each kind of value, event,
// link and time. Method: the API alone, compared with what the receiver got.
#include <opentelemetry/trace/span_context_kv_iterable_view.h>

#include <thread>
#include <vector>

#include "otel/api_fixture.h"

namespace cero::test {
namespace {

using api::common::AttributeValue;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

class OtelRecord : public ApiFixture {};

TEST_F(OtelRecord, keeps_name_kind_and_status) {
  trace_api::StartSpanOptions options;
  for (const auto& [kind, name] : {std::pair{trace_api::SpanKind::kInternal, "internal"},
                                   {trace_api::SpanKind::kServer, "server"},
                                   {trace_api::SpanKind::kClient, "client"},
                                   {trace_api::SpanKind::kProducer, "producer"},
                                   {trace_api::SpanKind::kConsumer, "consumer"}}) {
    options.kind = kind;
    tracer().StartSpan(name, options)->End();
  }
  {
    const auto failed = tracer().StartSpan("first name");
    failed->SetStatus(trace_api::StatusCode::kError, "no stock");
    failed->UpdateName("failed");
    tracer().StartSpan("fine")->SetStatus(trace_api::StatusCode::kOk);
  }
  auto spans = received();
  EXPECT_EQ(spans["internal"].kind(), 1);
  EXPECT_EQ(spans["server"].kind(), 2);
  EXPECT_EQ(spans["client"].kind(), 3);
  EXPECT_EQ(spans["producer"].kind(), 4);
  EXPECT_EQ(spans["consumer"].kind(), 5);
  EXPECT_EQ(spans["failed"].status().code(), 2);
  EXPECT_EQ(spans["failed"].status().message(), "no stock");
  EXPECT_EQ(spans["fine"].status().code(), 1);
  ASSERT_FALSE(scopes().empty());
  EXPECT_EQ(scopes().front().name(), "tests");
  EXPECT_EQ(scopes().front().version(), "1.0");
}

TEST_F(OtelRecord, keeps_a_value_of_each_type) {
  const bool bools[] = {true, false};
  const int32_t int32s[] = {-1, 2};
  const int64_t int64s[] = {INT64_MIN, 3};
  const uint32_t uint32s[] = {UINT32_MAX, 4};
  const uint64_t uint64s[] = {5, UINT64_MAX};
  const double doubles[] = {0.5, -2};
  const uint8_t bytes[] = {0, 255};
  const api::nostd::string_view strings[] = {"a", ""};
  const auto set_all = [&](auto set) {
    set("bool", AttributeValue(true));
    set("int32", AttributeValue(int32_t{-32}));
    set("int64", AttributeValue(int64_t{-64}));
    set("uint32", AttributeValue(UINT32_MAX));
    set("uint64", AttributeValue(uint64_t{64}));
    set("uint64 beyond int64", AttributeValue(UINT64_MAX));
    set("double", AttributeValue(1.5));
    set("C string", AttributeValue("text"));
    set("string", AttributeValue(api::nostd::string_view("view")));
    set("null string", AttributeValue(static_cast<const char*>(nullptr)));
    set("bools", AttributeValue(api::nostd::span<const bool>(bools)));
    set("int32s", AttributeValue(api::nostd::span<const int32_t>(int32s)));
    set("int64s", AttributeValue(api::nostd::span<const int64_t>(int64s)));
    set("uint32s", AttributeValue(api::nostd::span<const uint32_t>(uint32s)));
    set("uint64s", AttributeValue(api::nostd::span<const uint64_t>(uint64s)));
    set("doubles", AttributeValue(api::nostd::span<const double>(doubles)));
    set("bytes", AttributeValue(api::nostd::span<const uint8_t>(bytes)));
    set("strings", AttributeValue(api::nostd::span<const api::nostd::string_view>(strings)));
  };
  std::vector<std::pair<std::string, AttributeValue>> list;
  set_all([&](const char* key, const AttributeValue& value) { list.emplace_back(key, value); });
  tracer().StartSpan("at start", list)->End();
  {
    const auto span = tracer().StartSpan("one by one");
    set_all([&](const char* key, const AttributeValue& value) { span->SetAttribute(key, value); });
    span->AddEvent("event", list);
  }

  const auto check = [](std::map<std::string, otlp::AnyValue> values) {
    EXPECT_EQ(values.size(), 18u);
    EXPECT_TRUE(values["bool"].bool_value());
    EXPECT_EQ(values["int32"].int_value(), -32);
    EXPECT_EQ(values["int64"].int_value(), -64);
    EXPECT_EQ(values["uint32"].int_value(), int64_t{UINT32_MAX});
    EXPECT_EQ(values["uint64"].int_value(), 64);
    EXPECT_EQ(values["uint64 beyond int64"].string_value(), "18446744073709551615");
    EXPECT_EQ(values["double"].double_value(), 1.5);
    EXPECT_EQ(values["C string"].string_value(), "text");
    EXPECT_EQ(values["string"].string_value(), "view");
    EXPECT_EQ(values["null string"].value_case(), otlp::AnyValue::VALUE_NOT_SET);
    const auto array = [&](const char* key) { return values[key].array_value(); };
    ASSERT_EQ(array("bools").values_size(), 2);
    EXPECT_TRUE(array("bools").values(0).bool_value());
    EXPECT_EQ(array("bools").values(1).value_case(), otlp::AnyValue::kBoolValue);
    ASSERT_EQ(array("int32s").values_size(), 2);
    EXPECT_EQ(array("int32s").values(0).int_value(), -1);
    ASSERT_EQ(array("int64s").values_size(), 2);
    EXPECT_EQ(array("int64s").values(0).int_value(), INT64_MIN);
    ASSERT_EQ(array("uint32s").values_size(), 2);
    EXPECT_EQ(array("uint32s").values(0).int_value(), int64_t{UINT32_MAX});
    ASSERT_EQ(array("uint64s").values_size(), 2);
    EXPECT_EQ(array("uint64s").values(0).int_value(), 5);
    EXPECT_EQ(array("uint64s").values(1).string_value(), "18446744073709551615");
    ASSERT_EQ(array("doubles").values_size(), 2);
    EXPECT_EQ(array("doubles").values(1).double_value(), -2);
    EXPECT_EQ(values["bytes"].bytes_value(), std::string("\0\xff", 2));
    ASSERT_EQ(array("strings").values_size(), 2);
    EXPECT_EQ(array("strings").values(0).string_value(), "a");
    EXPECT_EQ(array("strings").values(1).value_case(), otlp::AnyValue::kStringValue);
  };
  check(attributes_of(received("at start")));
  check(attributes_of(received("one by one")));
  ASSERT_EQ(received("one by one").events_size(), 1);
  check(attributes_of(received("one by one").events(0)));
}

// What an iterable shows may be gone when its callback returns.
class ShortLived final : public api::common::KeyValueIterable {
 public:
  bool ForEachKeyValue(api::nostd::function_ref<bool(api::nostd::string_view, AttributeValue)>
                           callback) const noexcept override {
    for (int i = 0; i < 3; ++i) {
      std::string key = "key of some length, on the heap " + std::to_string(i);
      std::string value = "value of some length, on the heap " + std::to_string(i);
      std::vector<api::nostd::string_view> texts{value, key};
      if (!callback(key, i < 2 ? AttributeValue(api::nostd::string_view(value))
                               : AttributeValue(api::nostd::span<const api::nostd::string_view>(
                                     texts.data(), texts.size()))))
        return false;
      std::fill(key.begin(), key.end(), '#');
      std::fill(value.begin(), value.end(), '#');
    }
    return true;
  }
  size_t size() const noexcept override { return 3; }
};

TEST_F(OtelRecord, copies_what_an_iterable_shows) {
  {
    const auto span = tracer().StartSpan("span", ShortLived(), trace_api::NullSpanContext(), {});
    span->AddEvent("event", ShortLived());
  }
  const auto span = received("span");
  const auto check = [](std::map<std::string, otlp::AnyValue> values) {
    EXPECT_EQ(values["key of some length, on the heap 1"].string_value(),
              "value of some length, on the heap 1");
    const auto& texts = values["key of some length, on the heap 2"].array_value();
    ASSERT_EQ(texts.values_size(), 2);
    EXPECT_EQ(texts.values(1).string_value(), "key of some length, on the heap 2");
  };
  check(attributes_of(span));
  ASSERT_EQ(span.events_size(), 1);
  check(attributes_of(span.events(0)));
}

TEST_F(OtelRecord, overwrites_an_attribute_of_the_same_key) {
  {
    const auto span = tracer().StartSpan("span", {{"key", "from the start"}, {"other", 1}});
    span->SetAttribute("key", 2);
  }
  auto values = attributes_of(received("span"));
  EXPECT_EQ(values.size(), 2u);
  EXPECT_EQ(values["key"].int_value(), 2);
}

TEST_F(OtelRecord, keeps_events_with_their_times) {
  const auto before = std::chrono::system_clock::now();
  const api::common::SystemTimestamp given(nanoseconds(1'700'000'000'123'456'789));
  {
    const auto span = tracer().StartSpan("span");
    span->AddEvent("plain");
    span->AddEvent("timed", given);
    span->AddEvent("with attributes", {{"attempt", 2}});
    span->AddEvent("timed, with attributes", given, {{"attempt", 3}});
  }
  const auto span = received("span");
  ASSERT_EQ(span.events_size(), 4);
  const auto since_epoch = [](auto time) {
    return static_cast<uint64_t>(
        std::chrono::duration_cast<nanoseconds>(time.time_since_epoch()).count());
  };
  const uint64_t slack = 1'000'000;  // ticks and the wall clock differ by less
  EXPECT_GE(span.events(0).time_unix_nano() + slack, since_epoch(before));
  EXPECT_EQ(span.events(1).time_unix_nano(), 1'700'000'000'123'456'789u);
  EXPECT_GE(span.events(2).time_unix_nano() + slack, since_epoch(before));
  EXPECT_EQ(span.events(3).time_unix_nano(), 1'700'000'000'123'456'789u);
  EXPECT_EQ(span.events(3).name(), "timed, with attributes");
  EXPECT_EQ(attributes_of(span.events(3))["attempt"].int_value(), 3);
}

TEST_F(OtelRecord, keeps_links) {
  using Attributes = std::vector<std::pair<std::string, AttributeValue>>;
  const std::vector<std::pair<trace_api::SpanContext, Attributes>> links{
      {remote_context(), {{"batch", 7}}}, {remote_context(), {}}};
  tracer().StartSpan("span", Attributes{}, links)->End();
  const auto span = received("span");
  ASSERT_EQ(span.links_size(), 2);
  EXPECT_EQ(span.links(0).trace_id(), bytes_of(remote_context().trace_id()));
  EXPECT_EQ(span.links(0).span_id(), bytes_of(remote_context().span_id()));
  EXPECT_EQ(span.links(0).flags(), 0x301u);
  EXPECT_EQ(attributes_of(span.links(0))["batch"].int_value(), 7);
  EXPECT_EQ(span.links(1).attributes_size(), 0);
}

#if OPENTELEMETRY_ABI_VERSION_NO >= 2
TEST_F(OtelRecord, keeps_links_added_later) {
  {
    const auto span = tracer().StartSpan("span");
    span->AddLink(remote_context(), {{"batch", 7}});
    span->AddLinks({{remote_context(), {{"batch", 8}}}, {remote_context(), {}}});
  }
  const auto span = received("span");
  ASSERT_EQ(span.links_size(), 3);
  EXPECT_EQ(attributes_of(span.links(1))["batch"].int_value(), 8);
}

TEST_F(OtelRecord, keeps_a_scopes_attributes) {
  provider().GetTracer("scoped", "2", "", {{"tier", "gold"}})->StartSpan("span")->End();
  received("span");
  ASSERT_EQ(scopes().size(), 1u);
  EXPECT_EQ(attributes_of(scopes().front())["tier"].string_value(), "gold");
}
#endif

TEST_F(OtelRecord, measures_a_given_start_by_the_steady_clock) {
  const nanoseconds start(1'700'000'000'000'000'000);
  trace_api::StartSpanOptions options;
  options.start_system_time = api::common::SystemTimestamp(start);
  options.start_steady_time = api::common::SteadyTimestamp(nanoseconds(5'000'000));
  trace_api::EndSpanOptions end;
  end.end_steady_time = api::common::SteadyTimestamp(nanoseconds(7'500'000));
  tracer().StartSpan("both given", options)->End(end);
  const auto span = received("both given");
  EXPECT_EQ(span.start_time_unix_nano(), 1'700'000'000'000'000'000u);
  EXPECT_EQ(span.end_time_unix_nano() - span.start_time_unix_nano(), 2'500'000u);
}

TEST_F(OtelRecord, ends_where_a_steady_time_says) {
  {
    const auto span = tracer().StartSpan("span");
    trace_api::EndSpanOptions end;
    end.end_steady_time = std::chrono::steady_clock::now() + std::chrono::hours(1);
    span->End(end);
  }
  const auto span = received("span");
  const nanoseconds length(span.end_time_unix_nano() - span.start_time_unix_nano());
  EXPECT_GT(length, std::chrono::minutes(59));
  EXPECT_LT(length, std::chrono::minutes(61));
}

TEST_F(OtelRecord, takes_calls_from_many_threads) {
  constexpr int kThreads = 4;
  constexpr int kEach = 30;  // together below the limit of 128 each
  {
    const auto span = tracer().StartSpan("span");
    std::vector<std::thread> threads;
    for (int thread = 0; thread < kThreads; ++thread) {
      threads.emplace_back([&span, thread] {
        for (int i = 0; i < kEach; ++i) {
          span->SetAttribute("key " + std::to_string(kEach * thread + i), i);
          span->AddEvent("event");
          EXPECT_TRUE(span->GetContext().IsValid());
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  const auto span = received("span");
  EXPECT_EQ(attributes_of(span).size(), size_t{kThreads} * size_t{kEach});
  EXPECT_EQ(span.events_size(), kThreads * kEach);
}

}  // namespace
}  // namespace cero::test
