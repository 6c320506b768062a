#include "otlp/request_checker.h"

namespace cero::fuzz {
namespace {

std::string scope_name(size_t scope) { return scope == 0 ? "" : "s" + std::to_string(scope); }

official::AnyValue* add(official::KeyValues* list, const char* key) {
  official::KeyValue* entry = list->Add();
  entry->set_key(key);
  return entry->mutable_value();
}

}  // namespace

Tracer make_tracer(test::RecordingStage& stage, size_t scope) {
  if (scope == 0) return stage.tracer("");
  return stage.tracer(scope_name(scope), "1.2", "https://example.com/scope",
                      {{"k", static_cast<int64_t>(scope)}});
}

void RequestChecker::expect(size_t scope, const SpanModel& span) {
  if (span.fate() == SpanModel::Fate::lost) {
    ++lost_;
  } else {
    expected_[scope].push_back(span);
  }
}

void RequestChecker::check(const std::string& request_bytes) {
  const auto request = official::parse_request(request_bytes);
  if (!request) return fail("a request does not parse");
  if (request->resource_spans_size() != 1) return fail("not one ResourceSpans");
  const official::ResourceSpans& resource_spans = request->resource_spans(0);
  if (resource_spans.schema_url() != options_.resource_schema_url) fail("a wrong schema URL");
  official::Resource resource;
  add(resource.mutable_attributes(), "service.name")->set_string_value("fuzz");
  add(resource.mutable_attributes(), "n")->set_int_value(7);
  wrong_ += official::difference(resource, resource_spans.resource());
  int spans = 0;
  for (const official::ScopeSpans& scope_spans : resource_spans.scope_spans()) {
    spans += scope_spans.spans_size();
    check_scope(scope_spans);
  }
  if (spans == 0 || static_cast<uint32_t>(spans) > options_.batch.spans_max)
    fail("a wrong number of spans in a request");
  if (spans > 1 && request_bytes.size() > options_.batch.bytes_max) fail("a request is too large");
}

void RequestChecker::check_scope(const official::ScopeSpans& received) {
  size_t index = 0;
  while (index < kScopes && scope_name(index) != received.scope().name()) ++index;
  if (index == kScopes) return fail("an unknown scope");
  official::InstrumentationScope scope;
  if (index > 0) {
    scope.set_name(scope_name(index));
    scope.set_version("1.2");
    add(scope.mutable_attributes(), "k")->set_int_value(static_cast<int64_t>(index));
  }
  wrong_ += official::difference(scope, received.scope());
  if (received.schema_url() != (index > 0 ? "https://example.com/scope" : ""))
    fail("a wrong schema URL of a scope");
  if (received.spans_size() == 0) fail("a scope without spans");
  for (const official::Span& span : received.spans()) check_span(index, span);
}

// Of spans that may be missing, those before the one that fits are.
void RequestChecker::check_span(size_t scope, const official::Span& received) {
  auto& expected = expected_[scope];
  while (!expected.empty() && expected.front().fate() == SpanModel::Fate::either &&
         !expected.front().check(received).empty()) {
    expected.pop_front();
    ++lost_;
  }
  if (expected.empty()) return fail("too many spans in a scope");
  wrong_ += expected.front().check(received);
  expected.pop_front();
}

void RequestChecker::check_missing(uint64_t too_large) {
  for (const auto& spans : expected_) {
    for (const SpanModel& span : spans) {
      if (span.fate() == SpanModel::Fate::kept) fail("a span of a scope is missing");
      ++lost_;
    }
  }
  if (lost_ != too_large) {
    fail(std::to_string(lost_) + " spans are missing, " + std::to_string(too_large) +
         " are counted as too large");
  }
}

}  // namespace cero::fuzz
