#include "pipeline/field_by_field.h"

#include <google/protobuf/text_format.h>

#include <set>
#include <utility>

namespace cero::test {

void FieldByField::SetUp() {
  if (!GetParam().not_tried.empty()) GTEST_SKIP() << "not tried: " << GetParam().not_tried;
}

void FieldByField::begin(Options options) {
  backend_ = GetParam().open();
  spans_before_ = backend_->receiver().counts().spans;
  options.exporter = backend_->exporter();
  provider_.emplace(make_provider(std::move(options)));
}

Stats FieldByField::deliver_some() {
  EXPECT_TRUE(provider_->force_flush());
  for (const receiver::ReceivedRequest& request : backend_->receiver().take_requests()) {
    auto parsed = GetParam().take_back == nullptr
                      ? official::parse_request(request.request.body)
                      : official::parse_request_of_others(request.request.body);
    EXPECT_TRUE(parsed);
    if (!parsed) continue;
    if (GetParam().take_back != nullptr) GetParam().take_back(*parsed);
    requests_.push_back(std::move(*parsed));
  }
  const Stats stats = provider_->stats();
  expect_balance(stats);
  EXPECT_EQ(stats.in_flight, 0u);
  EXPECT_EQ(stats.rejected, 0u);
  EXPECT_EQ(GetParam().http_major == 2 ? stats.http1_responses : stats.http2_responses, 0u);
  EXPECT_EQ(stats.exported, backend_->receiver().counts().spans - spans_before_);
  std::set<std::string> ids;
  for (const official::Span& span : all_received()) ids.insert(span.trace_id() + span.span_id());
  EXPECT_EQ(stats.exported, ids.size());
  return stats;
}

void FieldByField::deliver() {
  const Stats stats = deliver_some();
  EXPECT_EQ(stats.exported, stats.recorded);
}

std::vector<official::Span> FieldByField::all_received() const {
  std::vector<official::Span> spans;
  for (const auto& request : requests_) {
    for (const auto& resource_spans : request.resource_spans()) {
      for (const auto& scope_spans : resource_spans.scope_spans())
        spans.insert(spans.end(), scope_spans.spans().begin(), scope_spans.spans().end());
    }
  }
  return spans;
}

official::Span FieldByField::received(const SpanContext& context) {
  std::vector<official::Span> found = all_received();
  std::erase_if(found,
                [&](const auto& span) { return span.span_id() != to_bytes(context.span_id()); });
  EXPECT_EQ(found.size(), 1u);
  return found.empty() ? official::Span() : found[0];
}

void FieldByField::expect(const SpanContext& context, const std::string& text,
                          const SpanContext& parent) {
  const official::Span span = received(context);
  official::Span expected;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &expected)) << text;
  expected.set_trace_id(to_bytes(context.trace_id()));
  expected.set_span_id(to_bytes(context.span_id()));
  if (parent.valid()) expected.set_parent_span_id(to_bytes(parent.span_id()));
  if (expected.kind() == 0) expected.set_kind(official::Span::SPAN_KIND_INTERNAL);
  if (expected.flags() == 0) expected.set_flags(0x103);
  if (expected.end_time_unix_nano() == 0) {
    EXPECT_LE(span.start_time_unix_nano(), span.end_time_unix_nano());
    expected.set_end_time_unix_nano(span.end_time_unix_nano());
  }
  if (expected.start_time_unix_nano() == 0) {
    EXPECT_NE(span.start_time_unix_nano(), 0u);
    expected.set_start_time_unix_nano(span.start_time_unix_nano());
  }
  ASSERT_EQ(span.events_size(), expected.events_size());
  for (int i = 0; i < expected.events_size(); ++i) {
    if (expected.events(i).time_unix_nano() != 0) continue;
    expected.mutable_events(i)->set_time_unix_nano(span.events(i).time_unix_nano());
  }
  EXPECT_EQ(official::difference(expected, span), "");
}

}  // namespace cero::test
