#include "console/trace_tree.h"

#include <algorithm>
#include <cstdio>
#include <unordered_map>
#include <vector>

#include "base/assert.h"

namespace cero::core {
namespace {

// Attributes share lines up to this width, without the indentation.
constexpr size_t kLineWidth = 100;
// Deeper spans are not indented any further, so that a chain of spans takes linear room.
constexpr size_t kIndentedDepthMax = 40;

constexpr std::string_view kBold = "\x1b[1m";
constexpr std::string_view kDim = "\x1b[2m";
constexpr std::string_view kRed = "\x1b[31m";
constexpr std::string_view kGreen = "\x1b[32m";
constexpr std::string_view kReset = "\x1b[0m";

// Who is whose child, by position in the span list.
class Family {
 public:
  explicit Family(std::span<const ReadableSpan> spans) : spans_(spans), children_(spans.size()) {
    std::unordered_map<std::string_view, size_t> by_id;
    for (size_t i = 0; i < spans.size(); ++i) by_id.emplace(spans[i].span_id, i);
    for (size_t i = 0; i < spans.size(); ++i) {
      const auto parent = by_id.find(spans[i].parent_span_id);
      if (parent == by_id.end() || parent->second == i) {
        tops_.push_back(i);
      } else {
        children_[parent->second].push_back(i);
      }
    }
    for (std::vector<size_t>& siblings : children_) sort_by_start(siblings);
    sort_by_start(tops_);
  }

  const std::vector<size_t>& tops() const { return tops_; }
  const std::vector<size_t>& children(size_t span) const { return children_[span]; }

 private:
  void sort_by_start(std::vector<size_t>& list) const {
    std::stable_sort(list.begin(), list.end(), [this](size_t a, size_t b) {
      return spans_[a].start_unix_ns < spans_[b].start_unix_ns;
    });
  }

  std::span<const ReadableSpan> spans_;
  std::vector<size_t> tops_;
  std::vector<std::vector<size_t>> children_;
};

uint64_t difference(uint64_t later, uint64_t earlier) {
  return later > earlier ? later - earlier : 0;
}

class Drawing {
 public:
  Drawing(std::span<const ReadableSpan> spans, const TreeStyle& style)
      : spans_(spans), style_(style), family_(spans), drawn_(spans.size()) {
    start_unix_ns_ = spans.front().start_unix_ns;
    uint64_t end_unix_ns = 0;
    for (const ReadableSpan& span : spans) {
      start_unix_ns_ = std::min(start_unix_ns_, span.start_unix_ns);
      end_unix_ns = std::max(end_unix_ns, span.end_unix_ns);
    }
    duration_ns_ = difference(end_unix_ns, start_unix_ns_);
  }

  std::string draw() {
    append(kDim, "trace " + spans_.front().trace_id + ", " + std::to_string(spans_.size()) +
                     (spans_.size() == 1 ? " span, " : " spans, ") + duration_text(duration_ns_));
    text_ += '\n';
    for (const size_t top : family_.tops()) draw_descendants(top);
    // Malformed spans may be each other's parents; they are drawn all the same.
    for (size_t i = 0; i < spans_.size(); ++i) {
      if (!drawn_[i]) draw_descendants(i);
    }
    return std::move(text_);
  }

 private:
  struct Pending {
    size_t span;
    std::string indent;  // of the span's own line
    std::string below;   // of all lines below it
    size_t depth;
  };

  // Without recursion: a trace may be one deep chain.
  void draw_descendants(size_t top) {
    std::vector<Pending> stack;
    stack.push_back({top, "", "", 0});
    while (!stack.empty()) {
      const Pending now = std::move(stack.back());
      stack.pop_back();
      if (drawn_[now.span]) continue;
      drawn_[now.span] = true;
      const std::vector<size_t>& children = family_.children(now.span);
      draw_span(now, !children.empty());
      const bool deeper = now.depth < kIndentedDepthMax;
      for (size_t i = children.size(); i > 0; --i) {
        const bool last = i == children.size();
        stack.push_back({children[i - 1], now.below + (last ? "└─ " : "├─ "),
                         deeper ? now.below + (last ? "   " : "│  ") : now.below, now.depth + 1});
      }
    }
  }

  void draw_span(const Pending& pending, bool has_children) {
    const ReadableSpan& span = spans_[pending.span];
    append(kDim, pending.indent);
    append(kBold, span.name.empty() ? "(no name)" : span.name);
    text_.append("  ").append(duration_text(difference(span.end_unix_ns, span.start_unix_ns)));
    if (span.start_unix_ns > start_unix_ns_) {
      text_.append(" at +").append(duration_text(span.start_unix_ns - start_unix_ns_));
    }
    if (span.kind != "internal") text_.append("  ").append(span.kind);
    append_status(span);
    append_origin(span, pending.depth == 0);
    text_ += '\n';
    const std::string indent = pending.below + (has_children ? "│ " : "  ");
    draw_attributes(indent, "", span.attributes);
    for (const ReadableEvent& event : span.events) {
      draw_attributes(indent,
                      "* " + event.name + " at +" +
                          duration_text(difference(event.time_unix_ns, span.start_unix_ns)) + " ",
                      event.attributes);
    }
    for (const ReadableLink& link : span.links) {
      draw_attributes(indent, "-> trace " + link.trace_id + " span " + link.span_id + " ",
                      link.attributes);
    }
    draw_dropped(indent, span);
  }

  void append_status(const ReadableSpan& span) {
    if (span.status == ReadableSpan::Status::unset) return;
    text_ += "  ";
    if (span.status == ReadableSpan::Status::ok) return append(kGreen, "OK");
    append(kRed, span.status_message.empty() ? "ERROR" : "ERROR: " + span.status_message);
  }

  // Where a span comes from, said where a tree begins.
  void append_origin(const ReadableSpan& span, bool is_top) {
    if (!is_top) return;
    std::string origin = span.service;
    if (!span.scope.empty()) origin.append(origin.empty() ? "[" : " [").append(span.scope + "]");
    if (!span.parent_span_id.empty()) {
      origin.append(origin.empty() ? "(" : " (").append(span.parent_is_remote ? "remote " : "");
      origin.append("parent ").append(span.parent_span_id).append(")");
    }
    if (origin.empty()) return;
    text_ += "  ";
    append(kDim, origin);
  }

  void draw_attributes(const std::string& indent, const std::string& head,
                       const std::vector<ReadableAttribute>& attributes) {
    std::string line = head;
    for (const ReadableAttribute& attribute : attributes) {
      const size_t size = attribute.key.size() + 1 + attribute.value.size();
      if (!line.empty() && line.size() + 1 + size > kLineWidth) {
        draw_line(indent, line);
        line = head.empty() ? "" : "  ";
      }
      if (!line.empty()) line += ' ';
      line.append(attribute.key).append("=").append(attribute.value);
    }
    if (!line.empty()) draw_line(indent, line);
  }

  void draw_dropped(const std::string& indent, const ReadableSpan& span) {
    std::string line;
    const auto add = [&](uint32_t count, const char* what) {
      if (count == 0) return;
      line.append(line.empty() ? "dropped: " : ", ").append(std::to_string(count)).append(what);
    };
    add(span.dropped_attributes, " attributes");
    add(span.dropped_events, " events");
    add(span.dropped_links, " links");
    if (!line.empty()) draw_line(indent, line);
  }

  void draw_line(const std::string& indent, std::string_view line) {
    while (line.ends_with(' ')) line.remove_suffix(1);
    append(kDim, indent + std::string(line));
    text_ += '\n';
  }

  void append(std::string_view color, std::string_view text) {
    if (!style_.color || text.empty()) {
      text_ += text;
    } else {
      text_.append(color).append(text).append(kReset);
    }
  }

  std::span<const ReadableSpan> spans_;
  const TreeStyle& style_;
  const Family family_;
  std::vector<bool> drawn_;
  uint64_t start_unix_ns_ = 0;
  uint64_t duration_ns_ = 0;
  std::string text_;
};

}  // namespace

std::string draw_trace(std::span<const ReadableSpan> spans, const TreeStyle& style) {
  CERO_ASSERT(!spans.empty());
  return Drawing(spans, style).draw();
}

std::string duration_text(uint64_t nanoseconds) {
  if (nanoseconds < 1000) return std::to_string(nanoseconds) + " ns";
  double value = static_cast<double>(nanoseconds) / 1e3;
  const char* unit = "us";
  // The limits are where three digits would round up to the next unit.
  if (value >= 999.5) value /= 1e3, unit = "ms";
  if (value >= 999.5) value /= 1e3, unit = "s";
  char text[40];
  std::snprintf(text, sizeof text, "%.*f %s",
                value < 9.995   ? 2
                : value < 99.95 ? 1
                                : 0,
                value, unit);
  return text;
}

}  // namespace cero::core
