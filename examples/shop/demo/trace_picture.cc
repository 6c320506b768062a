#include "demo/trace_picture.h"

#include <cero/span_context.h>

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>

#include "loadgen/figures.h"
#include "receiver/otlp_json.h"

namespace shop::demo {
namespace {

using nlohmann::json;

constexpr size_t kNameColumns = 42;
constexpr size_t kServiceColumns = 15;
constexpr size_t kDurationColumns = 10;
constexpr size_t kBarColumns = 20;

struct PictureSpan {
  std::string id;
  std::string parent;
  std::string name;
  std::string service;
  uint64_t start = 0;  // unix nanoseconds
  uint64_t end = 0;
  bool failed = false;
};

std::string service_of(const json& resource_spans) {
  for (const json& attribute : resource_spans["resource"]["attributes"]) {
    if (attribute["key"] == "service.name") return attribute["value"].value("stringValue", "");
  }
  return "";
}

PictureSpan span_of(const json& span, const std::string& service) {
  return {.id = span.value("spanId", ""),
          .parent = span.value("parentSpanId", ""),
          .name = span.value("name", ""),
          .service = service,
          .start = std::stoull(span.value("startTimeUnixNano", "0")),
          .end = std::stoull(span.value("endTimeUnixNano", "0")),
          .failed = span.contains("status") && span["status"].value("code", 0) == 2};
}

void collect(const json& request, std::string_view trace_id, std::vector<PictureSpan>& spans) {
  for (const json& resource_spans : request.value("resourceSpans", json::array())) {
    const std::string service = service_of(resource_spans);
    for (const json& scope_spans : resource_spans.value("scopeSpans", json::array())) {
      for (const json& span : scope_spans.value("spans", json::array())) {
        if (span.value("traceId", "") == trace_id) spans.push_back(span_of(span, service));
      }
    }
  }
}

std::vector<PictureSpan> spans_of(const std::vector<std::string>& requests,
                                  std::string_view trace_id_hex) {
  const auto trace_id = cero::TraceId::from_hex(trace_id_hex).value_or(cero::TraceId());
  const std::string_view bytes(reinterpret_cast<const char*>(trace_id.bytes().data()),
                               trace_id.bytes().size());
  std::vector<PictureSpan> spans;
  for (const std::string& request : requests) {
    if (request.find(bytes) == std::string::npos) continue;
    if (const auto text = cero::receiver::to_otlp_json(request))
      collect(json::parse(*text), trace_id_hex, spans);
  }
  std::stable_sort(spans.begin(), spans.end(),
                   [](const auto& a, const auto& b) { return a.start < b.start; });
  return spans;
}

// Characters, not bytes: what is drawn here is UTF-8.
std::string padded(std::string text, size_t columns) {
  const auto is_first_byte = [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; };
  const auto width = static_cast<size_t>(std::count_if(text.begin(), text.end(), is_first_byte));
  if (width < columns) text.append(columns - width, ' ');
  return text;
}

class Picture {
 public:
  explicit Picture(const std::vector<PictureSpan>& spans) : spans_(spans) {
    start_ = spans.front().start;
    for (const PictureSpan& span : spans) end_ = std::max(end_, span.end);
  }

  std::string draw() {
    for (const PictureSpan& span : spans_) {
      const bool has_parent = std::any_of(spans_.begin(), spans_.end(),
                                          [&](const auto& p) { return p.id == span.parent; });
      if (!has_parent) draw_tree(span, "", "");
    }
    return text_;
  }

 private:
  void draw_tree(const PictureSpan& span, const std::string& own_indent,
                 const std::string& indent) {
    draw_line(span, own_indent + span.name);
    std::vector<const PictureSpan*> children;
    for (const PictureSpan& other : spans_) {
      if (other.parent == span.id) children.push_back(&other);
    }
    for (const PictureSpan* child : children) {
      const bool is_last = child == children.back();
      draw_tree(*child, indent + (is_last ? "└─ " : "├─ "), indent + (is_last ? "   " : "│  "));
    }
  }

  void draw_line(const PictureSpan& span, const std::string& name) {
    const std::string duration =
        cero::loadgen::fixed(static_cast<double>(span.end - span.start) / 1e6, 3);
    text_ += "  " + padded(name, kNameColumns) + padded(span.service, kServiceColumns) +
             std::string(kDurationColumns - std::min(kDurationColumns, duration.size()), ' ') +
             duration + " ms ";
    const size_t from = column(span.start);
    const size_t length = std::max<size_t>(1, column(span.end) - from);
    text_.append(from, ' ');
    for (size_t i = 0; i < length; ++i) text_ += "━";
    text_ += span.failed ? " failed\n" : "\n";
  }

  // Where in the bar a time lies.
  size_t column(uint64_t time) const {
    const uint64_t whole = std::max<uint64_t>(1, end_ - start_);
    return std::min<size_t>(kBarColumns - 1,
                            (std::max(time, start_) - start_) * kBarColumns / whole);
  }

  const std::vector<PictureSpan>& spans_;
  uint64_t start_ = 0;
  uint64_t end_ = 0;
  std::string text_;
};

}  // namespace

std::string draw_trace(const std::vector<std::string>& requests, std::string_view trace_id_hex) {
  const std::vector<PictureSpan> spans = spans_of(requests, trace_id_hex);
  if (spans.empty()) return "  (none of its spans arrived)\n";
  return Picture(spans).draw();
}

}  // namespace shop::demo
