// Goal: the walk finds the spans the generated messages find, and no input makes it read past the
// end. Method: built requests; each truncation and each one-byte change of a request against the
// parser.
#include "receiver/wire_counter.h"

#include <gtest/gtest.h>

#include <string>

#include "otlp/trace.pb.h"
#include "receiver/request_bodies.h"

namespace cero::receiver {
namespace {

otlp::ExportTraceServiceRequest one_span() {
  otlp::ExportTraceServiceRequest request;
  auto* span = request.add_resource_spans()->add_scope_spans()->add_spans();
  span->set_trace_id(test::trace_id(1));
  span->set_span_id(test::span_id(2));
  return request;
}

TEST(WireCounter, finds_every_span_of_every_scope_and_resource) {
  otlp::ExportTraceServiceRequest request;
  for (int resource = 0; resource < 3; ++resource) {
    auto* resource_spans = request.add_resource_spans();
    resource_spans->mutable_resource()->add_attributes()->set_key("service.name");
    resource_spans->set_schema_url("https://example.org/schema");
    for (int scope = 0; scope < 4; ++scope) {
      *resource_spans->add_scope_spans() = one_span().resource_spans(0).scope_spans(0);
    }
  }
  std::vector<SpanFingerprint> spans;
  EXPECT_EQ(collect_spans(request.SerializeAsString(), spans), "");
  EXPECT_EQ(spans.size(), 12u);
  EXPECT_EQ(spans.front(), fingerprint(test::trace_id(1).data(), test::span_id(2).data()));
}

TEST(WireCounter, takes_an_empty_request) {
  std::vector<SpanFingerprint> spans;
  EXPECT_EQ(collect_spans("", spans), "");
  EXPECT_TRUE(spans.empty());
}

TEST(WireCounter, names_a_bad_id) {
  std::vector<SpanFingerprint> spans;
  for (const std::string& id : {std::string(), std::string(15, 'x'), std::string(16, '\0')}) {
    auto request = one_span();
    request.mutable_resource_spans(0)->mutable_scope_spans(0)->mutable_spans(0)->set_trace_id(id);
    EXPECT_EQ(collect_spans(request.SerializeAsString(), spans), "a span has no valid trace id");
  }
  auto request = one_span();
  request.mutable_resource_spans(0)->mutable_scope_spans(0)->mutable_spans(0)->set_span_id("short");
  EXPECT_EQ(collect_spans(request.SerializeAsString(), spans), "a span has no valid span id");
}

TEST(WireCounter, accepts_nothing_that_is_cut_short) {
  const std::string body = one_span().SerializeAsString();
  for (size_t size = 1; size < body.size(); ++size) {
    // An own allocation of just this size, for the address sanitizer to see a read past it.
    const std::vector<char> cut(body.begin(), body.begin() + static_cast<std::ptrdiff_t>(size));
    std::vector<SpanFingerprint> spans;
    EXPECT_NE(collect_spans({cut.data(), cut.size()}, spans), "") << size;
  }
}

TEST(WireCounter, accepts_no_changed_byte_that_the_parser_refuses_above_the_attributes) {
  const std::string body = one_span().SerializeAsString();
  for (size_t at = 0; at < body.size(); ++at) {
    for (int value = 0; value < 256; ++value) {
      std::string changed = body;
      changed[at] = static_cast<char>(value);
      otlp::ExportTraceServiceRequest parsed;
      std::vector<SpanFingerprint> spans;
      if (collect_spans(changed, spans).empty() && !spans.empty()) {
        EXPECT_TRUE(parsed.ParseFromString(changed)) << at << " = " << value;
      }
    }
  }
}

}  // namespace
}  // namespace cero::receiver
