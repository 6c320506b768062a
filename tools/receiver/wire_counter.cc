#include "receiver/wire_counter.h"

#include "receiver/wire_reader.h"

namespace cero::receiver {
namespace {

constexpr uint32_t kRequestResourceSpans = 1;
constexpr uint32_t kResourceSpansScopeSpans = 2;
constexpr uint32_t kScopeSpansSpans = 2;
constexpr uint32_t kSpanTraceId = 1;
constexpr uint32_t kSpanSpanId = 2;

constexpr size_t kTraceIdBytes = 16;
constexpr size_t kSpanIdBytes = 8;

std::string malformed(std::string_view what) {
  return "malformed " + std::string(what) + ": a field runs past its end or has a bad tag";
}

bool is_zero(std::string_view id) { return id.find_first_not_of('\0') == std::string_view::npos; }

std::string collect_span(std::string_view span, std::vector<SpanFingerprint>& spans) {
  std::string_view trace_id;
  std::string_view span_id;
  WireReader field(span);
  while (field.next()) {
    if (field.is_bytes(kSpanTraceId)) trace_id = field.value();
    if (field.is_bytes(kSpanSpanId)) span_id = field.value();
  }
  if (field.is_malformed()) return malformed("Span");
  if (trace_id.size() != kTraceIdBytes || is_zero(trace_id)) return "a span has no valid trace id";
  if (span_id.size() != kSpanIdBytes || is_zero(span_id)) return "a span has no valid span id";
  spans.push_back(fingerprint(trace_id.data(), span_id.data()));
  return {};
}

std::string collect_scope_spans(std::string_view scope, std::vector<SpanFingerprint>& spans) {
  WireReader field(scope);
  while (field.next()) {
    if (!field.is_bytes(kScopeSpansSpans)) continue;
    if (std::string error = collect_span(field.value(), spans); !error.empty()) return error;
  }
  return field.is_malformed() ? malformed("ScopeSpans") : std::string();
}

std::string collect_resource_spans(std::string_view resource, std::vector<SpanFingerprint>& spans) {
  WireReader field(resource);
  while (field.next()) {
    if (!field.is_bytes(kResourceSpansScopeSpans)) continue;
    if (std::string error = collect_scope_spans(field.value(), spans); !error.empty()) return error;
  }
  return field.is_malformed() ? malformed("ResourceSpans") : std::string();
}

}  // namespace

std::string collect_spans(std::string_view request, std::vector<SpanFingerprint>& spans) {
  WireReader field(request);
  while (field.next()) {
    if (!field.is_bytes(kRequestResourceSpans)) continue;
    std::string error = collect_resource_spans(field.value(), spans);
    if (!error.empty()) return error;
  }
  return field.is_malformed() ? malformed("ExportTraceServiceRequest") : std::string();
}

}  // namespace cero::receiver
