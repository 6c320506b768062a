// Goal: the backend reads exactly what was recorded. Method: spans through the public API, over
// each of the ways this program has, to a receiver in this process; the official classes decode
// what arrived. The ledger is balanced at the end of each test.
#include "pipeline/field_by_field.h"

#include <array>
#include <stdexcept>
#include <thread>

namespace cero::test {
namespace {

using namespace std::literals;

Timestamp at_unix_ns(int64_t ns) {
  return Timestamp(std::chrono::duration_cast<Timestamp::duration>(std::chrono::nanoseconds(ns)));
}

TEST_P(FieldByField, start_options_times_and_ids_of_the_user) {
  begin();
  const auto trace_id = *TraceId::from_hex("0102030405060708090a0b0c0d0e0f10");
  const auto span_id = *SpanId::from_hex("a1a2a3a4a5a6a7a8");
  Span span = tracer().start_span("given", {.kind = SpanKind::producer,
                                            .parent = Parent::none(),
                                            .attributes = {{"first", 1}, {"second", "2"}},
                                            .start_time = at_unix_ns(1'700'000'000'123'456'789),
                                            .trace_id = trace_id,
                                            .span_id = span_id});
  span.add_event("early", {}, at_unix_ns(1'600'000'000'000'000'001));
  span.end(at_unix_ns(1'700'000'001'000'000'000));
  EXPECT_EQ(span.context().trace_id(), trace_id);
  EXPECT_EQ(span.context().span_id(), span_id);
  deliver();
  // A caller's trace id is not known to be random: flag 0x02 is missing.
  expect(span.context(), R"(name: "given" kind: SPAN_KIND_PRODUCER flags: 0x101
    start_time_unix_nano: 1700000000123456789 end_time_unix_nano: 1700000001000000000
    attributes { key: "first" value { int_value: 1 } }
    attributes { key: "second" value { string_value: "2" } }
    events { time_unix_nano: 1600000000000000001 name: "early" })");
}

TEST_P(FieldByField, kinds) {
  begin();
  std::vector<Span> spans;
  for (int kind = 1; kind <= 5; ++kind)
    spans.push_back(tracer().start_span("kind", {.kind = static_cast<SpanKind>(kind)}));
  for (Span& span : spans) span.end();
  deliver();
  for (int kind = 1; kind <= 5; ++kind)
    EXPECT_EQ(received(spans[static_cast<size_t>(kind) - 1].context()).kind(), kind);
}

TEST_P(FieldByField, nested_spans_within_their_parents_times) {
  begin();
  SpanContext outer_context;
  SpanContext middle_context;
  SpanContext inner_context;
  {
    const ScopedSpan outer = tracer().start_as_current_span("outer", {.kind = SpanKind::server});
    outer_context = outer.context();
    const ScopedSpan middle = tracer().start_as_current_span("middle");
    middle_context = middle.context();
    Span inner = tracer().start_span("inner");
    inner.add_event("inside");
    inner_context = inner.context();
  }
  deliver();
  expect(outer_context, R"(name: "outer" kind: SPAN_KIND_SERVER)");
  expect(middle_context, R"(name: "middle")", outer_context);
  expect(inner_context, R"(name: "inner" events { name: "inside" })", middle_context);
  EXPECT_EQ(inner_context.trace_id(), outer_context.trace_id());
  const official::Span outer = received(outer_context);
  const official::Span middle = received(middle_context);
  const official::Span inner = received(inner_context);
  EXPECT_LE(outer.start_time_unix_nano(), middle.start_time_unix_nano());
  EXPECT_LE(middle.start_time_unix_nano(), inner.start_time_unix_nano());
  EXPECT_LE(inner.start_time_unix_nano(), inner.events(0).time_unix_nano());
  EXPECT_LE(inner.events(0).time_unix_nano(), inner.end_time_unix_nano());
  EXPECT_LE(inner.end_time_unix_nano(), middle.end_time_unix_nano());
  EXPECT_LE(middle.end_time_unix_nano(), outer.end_time_unix_nano());
}

TEST_P(FieldByField, automatic_times_are_those_of_the_system_clock) {
  begin();
  using std::chrono::system_clock;
  const auto to_ns = [](Timestamp time) {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count();
  };
  const int64_t before = to_ns(system_clock::now());
  Span span = tracer().start_span("now");
  span.end();
  const int64_t after = to_ns(system_clock::now());
  deliver();
  const official::Span got = received(span.context());
  constexpr int64_t kStep = 2'000'000;  // what cero's clock may be off before it takes a step
  EXPECT_GE(static_cast<int64_t>(got.start_time_unix_nano()), before - kStep);
  EXPECT_LE(static_cast<int64_t>(got.end_time_unix_nano()), after + kStep);
}

TEST_P(FieldByField, remote_parent_tracestate_and_flags) {
  begin();
  const SpanContext remote =
      from_headers(std::array{"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"sv},
                   std::array{"vendor=one,other=two"sv});
  ASSERT_TRUE(remote.valid());
  Span child = tracer().start_span("child", {.parent = remote});
  Span grandchild = tracer().start_span("grandchild", {.parent = child.context()});
  grandchild.end();
  child.end();
  deliver();
  expect(child.context(), R"(name: "child" trace_state: "vendor=one,other=two" flags: 0x301)",
         remote);
  expect(grandchild.context(),
         R"(name: "grandchild" trace_state: "vendor=one,other=two" flags: 0x101)", child.context());
}

TEST_P(FieldByField, events) {
  begin();
  Span span = tracer().start_span("events");
  span.add_event("plain");
  span.add_event("", {{"only", "an attribute"}});
  span.add_event("with attributes", {{"n", 1}, {"list", std::array{1.5}}, {"n", 2}});
  span.record_exception(std::runtime_error("it broke"), {{"exception.message", "as told"}});
  span.record_exception(std::out_of_range("index 7"));
  span.end();
  deliver();
  expect(span.context(), R"(name: "events"
    events { name: "plain" }
    events { attributes { key: "only" value { string_value: "an attribute" } } }
    events { name: "with attributes"
      attributes { key: "n" value { int_value: 2 } }
      attributes { key: "list" value { array_value { values { double_value: 1.5 } } } } }
    events { name: "exception"
      attributes { key: "exception.type" value { string_value: "std::runtime_error" } }
      attributes { key: "exception.message" value { string_value: "as told" } } }
    events { name: "exception"
      attributes { key: "exception.type" value { string_value: "std::out_of_range" } }
      attributes { key: "exception.message" value { string_value: "index 7" } } })");
  const official::Span got = received(span.context());
  uint64_t last = got.start_time_unix_nano();
  for (const auto& event : got.events()) {
    EXPECT_GE(event.time_unix_nano(), last);
    last = event.time_unix_nano();
  }
  EXPECT_LE(last, got.end_time_unix_nano());
}

TEST_P(FieldByField, links_at_start_and_later) {
  begin();
  const SpanContext local(*TraceId::from_hex("000000000000000000000000000000aa"),
                          *SpanId::from_hex("00000000000000bb"), 0x01);
  const SpanContext remote(*TraceId::from_hex("000000000000000000000000000000cc"),
                           *SpanId::from_hex("00000000000000dd"), 0x00, true,
                           TraceState::from_header("k=v"));
  Span span = tracer().start_span("links", {.links = {{local, {{"why", "start"}}}, {remote}}});
  span.add_link(remote, {{"why", "later"}});
  span.add_link(SpanContext());                  // says nothing: ignored
  span.add_link(SpanContext(), {{"why", "x"}});  // invalid, but it says something
  span.end();
  deliver();
  const std::string zeros = R"(trace_id: "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0)";
  const std::string remote_text =
      zeros + R"(\314" span_id: "\0\0\0\0\0\0\0\335" trace_state: "k=v" flags: 0x300)";
  expect(span.context(), R"(name: "links"
    links { )" + zeros + R"(\252" span_id: "\0\0\0\0\0\0\0\273" flags: 0x101
            attributes { key: "why" value { string_value: "start" } } }
    links { )" + remote_text +
                             R"( }
    links { )" + remote_text +
                             R"( attributes { key: "why" value { string_value: "later" } } }
    links { )" + zeros + R"(\0" span_id: "\0\0\0\0\0\0\0\0" flags: 0x100
            attributes { key: "why" value { string_value: "x" } } })");
}

TEST_P(FieldByField, status_rules) {
  begin();
  const auto with_statuses = [&](std::initializer_list<std::pair<StatusCode, const char*>> list) {
    Span span = tracer().start_span("s");
    for (const auto& [code, description] : list) span.set_status(code, description);
    span.set_attribute("behind", 1);
    return span.context();
  };
  using enum StatusCode;
  const std::vector<std::pair<SpanContext, std::string>> cases = {
      {with_statuses({}), ""},
      {with_statuses({{unset, "ignored"}}), ""},
      {with_statuses({{ok, "ignored"}}), "status { code: STATUS_CODE_OK }"},
      {with_statuses({{error, "a"}}), R"(status { code: STATUS_CODE_ERROR message: "a" })"},
      {with_statuses({{error, ""}}), "status { code: STATUS_CODE_ERROR }"},
      {with_statuses({{error, "a"}, {unset, ""}}),
       R"(status { code: STATUS_CODE_ERROR message: "a" })"},
      {with_statuses({{error, "a"}, {error, "bcd"}}),
       R"(status { code: STATUS_CODE_ERROR message: "bcd" })"},
      {with_statuses({{error, "a"}, {error, ""}}), "status { code: STATUS_CODE_ERROR }"},
      {with_statuses({{error, "a"}, {ok, ""}}), "status { code: STATUS_CODE_OK }"},
      {with_statuses({{ok, ""}, {error, "late"}}), "status { code: STATUS_CODE_OK }"},
  };
  deliver();
  for (const auto& [context, status] : cases)
    expect(context, R"(name: "s" attributes { key: "behind" value { int_value: 1 } } )" + status);
}

TEST_P(FieldByField, renamed_spans) {
  begin();
  const auto renamed = [&](std::string_view first, std::string_view second) {
    Span span = tracer().start_span(first);
    span.set_attribute("a", 1);
    span.set_status(StatusCode::error, "message");
    span.update_name(second);
    span.set_attribute("a", "another size");  // found where the new name has moved it
    span.set_status(StatusCode::error, "changed");
    return span.context();
  };
  const std::string long_name(300, 'x');
  const SpanContext contexts[] = {renamed("short", long_name), renamed(long_name, "short"),
                                  renamed("", "was empty"), renamed("gone", "")};
  deliver();
  const std::string names[] = {long_name, "short", "was empty", ""};
  for (size_t i = 0; i < 4; ++i) {
    expect(contexts[i], "name: \"" + names[i] + R"("
      attributes { key: "a" value { string_value: "another size" } }
      status { code: STATUS_CODE_ERROR message: "changed" })");
  }
}

TEST_P(FieldByField, span_moved_and_ended_on_another_thread) {
  begin();
  Span span = tracer().start_span("traveller");
  span.set_attribute("here", 1);
  const SpanContext context = span.context();
  std::thread([moved = std::move(span)]() mutable {
    moved.set_attribute("there", 2);
    moved.end();
  }).join();
  deliver();
  expect(context, R"(name: "traveller"
    attributes { key: "here" value { int_value: 1 } }
    attributes { key: "there" value { int_value: 2 } })");
}

TEST_P(FieldByField, resource_and_scopes) {
  begin({.resource = {{"service.name", "shop"}, {"shards", std::vector<int64_t>{1, 2}}},
         .resource_schema_url = "https://example.com/resource"});
  Tracer full = provider().get_tracer("full", "1.2.3", "https://example.com/scope", {{"k", true}});
  Tracer again = provider().get_tracer("full", "1.2.3", "https://example.com/scope", {{"k", true}});
  Tracer unnamed = provider().get_tracer("");
  full.start_span("a").end();
  unnamed.start_span("b").end();
  again.start_span("c").end();
  deliver();
  ASSERT_EQ(requests().size(), 1u);
  ASSERT_EQ(requests()[0].resource_spans_size(), 1);
  const official::ResourceSpans& spans = requests()[0].resource_spans(0);
  EXPECT_EQ(spans.schema_url(), "https://example.com/resource");
  std::map<std::string, official::AnyValue> resource;
  for (const official::KeyValue& attribute : spans.resource().attributes())
    EXPECT_TRUE(resource.emplace(attribute.key(), attribute.value()).second);
  EXPECT_EQ(resource.size(), 5u);
  EXPECT_EQ(resource["service.name"].string_value(), "shop");
  EXPECT_EQ(resource["shards"].array_value().values_size(), 2);
  EXPECT_EQ(resource["telemetry.sdk.name"].string_value(), "cero");
  EXPECT_EQ(resource["telemetry.sdk.language"].string_value(), "cpp");
  EXPECT_EQ(resource["telemetry.sdk.version"].string_value(), CERO_VERSION);

  ASSERT_EQ(spans.scope_spans_size(), 2);
  const bool full_first = spans.scope_spans(0).scope().name() == "full";
  const official::ScopeSpans& full_spans = spans.scope_spans(full_first ? 0 : 1);
  const official::ScopeSpans& unnamed_spans = spans.scope_spans(full_first ? 1 : 0);
  EXPECT_EQ(full_spans.scope().name(), "full");
  EXPECT_EQ(full_spans.scope().version(), "1.2.3");
  ASSERT_EQ(full_spans.scope().attributes_size(), 1);
  EXPECT_EQ(full_spans.scope().attributes(0).key(), "k");
  EXPECT_TRUE(full_spans.scope().attributes(0).value().bool_value());
  EXPECT_EQ(full_spans.schema_url(), "https://example.com/scope");
  ASSERT_EQ(full_spans.spans_size(), 2);
  EXPECT_EQ(full_spans.spans(0).name(), "a");
  EXPECT_EQ(full_spans.spans(1).name(), "c");
  EXPECT_EQ(unnamed_spans.scope().ByteSizeLong(), 0u);
  EXPECT_EQ(unnamed_spans.schema_url(), "");
  ASSERT_EQ(unnamed_spans.spans_size(), 1);
}

}  // namespace
}  // namespace cero::test
