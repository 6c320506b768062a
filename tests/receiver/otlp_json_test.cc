// Goal: OTLP/JSON as the specification maps it, for every kind of field and value.
#include "receiver/otlp_json.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "otlp/trace.pb.h"
#include "receiver/request_bodies.h"

namespace cero::receiver {
namespace {

std::string json_of(const otlp::ExportTraceServiceRequest& request) {
  return to_otlp_json(request.SerializeAsString()).value_or("malformed");
}

otlp::Span* add_span(otlp::ExportTraceServiceRequest& request) {
  return request.add_resource_spans()->add_scope_spans()->add_spans();
}

std::string in_span(const std::string& fields) {
  return R"({"resourceSpans":[{"scopeSpans":[{"spans":[{)" + fields + "}]}]}]}";
}

TEST(OtlpJson, leaves_defaults_out) {
  otlp::ExportTraceServiceRequest request;
  EXPECT_EQ(json_of(request), "{}");
  add_span(request);
  EXPECT_EQ(json_of(request), in_span(""));
}

TEST(OtlpJson, writes_ids_in_hex_times_as_strings_and_enums_as_numbers) {
  otlp::ExportTraceServiceRequest request;
  otlp::Span* span = add_span(request);
  span->set_trace_id(test::trace_id(0xabcdef));
  span->set_span_id(test::span_id(16));
  span->set_parent_span_id(test::span_id(255));
  span->set_trace_state("a=b");
  span->set_flags(257);
  span->set_name("op");
  span->set_kind(3);
  span->set_start_time_unix_nano(1'700'000'000'000'000'001);
  span->set_end_time_unix_nano(std::numeric_limits<uint64_t>::max());
  span->mutable_status()->set_code(2);
  span->mutable_status()->set_message("no");
  EXPECT_EQ(json_of(request),
            in_span(R"("traceId":"00000000000000000000000000abcdef","spanId":"0000000000000010",)"
                    R"("traceState":"a=b","parentSpanId":"00000000000000ff","flags":257,)"
                    R"("name":"op","kind":3,"startTimeUnixNano":"1700000000000000001",)"
                    R"("endTimeUnixNano":"18446744073709551615",)"
                    R"("status":{"message":"no","code":2})"));
}

TEST(OtlpJson, writes_every_kind_of_value) {
  otlp::ExportTraceServiceRequest request;
  otlp::Span* span = add_span(request);
  const auto value = [&] { return span->add_attributes()->mutable_value(); };
  value()->set_string_value("\"\xc3\xa9");
  value()->set_bool_value(false);
  value()->set_int_value(std::numeric_limits<int64_t>::min());
  value()->set_double_value(0.5);
  value()->set_double_value(std::nan(""));
  value()->set_double_value(-INFINITY);
  value()->mutable_array_value()->add_values()->set_int_value(1);
  value()->mutable_kvlist_value()->add_values()->set_key("k");
  value()->set_bytes_value(std::string("\x00\xff", 2));
  value();
  EXPECT_EQ(
      json_of(request),
      in_span(R"("attributes":[{"value":{"stringValue":"\"é"}},{"value":{"boolValue":false}},)"
              R"({"value":{"intValue":"-9223372036854775808"}},{"value":{"doubleValue":0.5}},)"
              R"({"value":{"doubleValue":"NaN"}},{"value":{"doubleValue":"-Infinity"}},)"
              R"({"value":{"arrayValue":{"values":[{"intValue":"1"}]}}},)"
              R"({"value":{"kvlistValue":{"values":[{"key":"k"}]}}},)"
              R"({"value":{"bytesValue":"AP8="}},{"value":{}}])"));
}

TEST(OtlpJson, writes_events_links_and_dropped_counts) {
  otlp::ExportTraceServiceRequest request;
  otlp::Span* span = add_span(request);
  span->set_dropped_attributes_count(1);
  span->set_dropped_events_count(2);
  span->set_dropped_links_count(3);
  auto* event = span->add_events();
  event->set_time_unix_nano(5);
  event->set_name("e");
  event->set_dropped_attributes_count(4);
  auto* link = span->add_links();
  link->set_span_id(test::span_id(1));
  link->set_flags(1);
  EXPECT_EQ(json_of(request),
            in_span(R"("droppedAttributesCount":1,)"
                    R"("events":[{"timeUnixNano":"5","name":"e","droppedAttributesCount":4}],)"
                    R"("droppedEventsCount":2,"links":[{"spanId":"0000000000000001","flags":1}],)"
                    R"("droppedLinksCount":3)"));
}

TEST(OtlpJson, writes_resource_and_scope) {
  otlp::ExportTraceServiceRequest request;
  auto* resource_spans = request.add_resource_spans();
  resource_spans->mutable_resource()->add_attributes()->set_key("service.name");
  resource_spans->set_schema_url("r");
  auto* scope_spans = resource_spans->add_scope_spans();
  scope_spans->mutable_scope()->set_name("lib");
  scope_spans->mutable_scope()->set_version("1");
  scope_spans->set_schema_url("s");
  EXPECT_EQ(json_of(request),
            R"({"resourceSpans":[{"resource":{"attributes":[{"key":"service.name"}]},)"
            R"("scopeSpans":[{"scope":{"name":"lib","version":"1"},"schemaUrl":"s"}],)"
            R"("schemaUrl":"r"}]})");
}

TEST(OtlpJson, refuses_what_does_not_parse) { EXPECT_FALSE(to_otlp_json("\x0a\x7f")); }

}  // namespace
}  // namespace cero::receiver
