#include "console/console_exporter.h"

#include <optional>
#include <utility>

#include "base/assert.h"

namespace cero::core {
namespace {

bool is_local_root(const ReadableSpan& span) {
  return span.parent_span_id.empty() || span.parent_is_remote;
}

}  // namespace

bool ConsoleExporter::consume(std::string_view request) {
  std::optional<std::vector<ReadableSpan>> spans = read_spans(request);
  if (!spans) return false;
  for (ReadableSpan& span : *spans) hold(std::move(span));
  // Only now: the local root stands before or behind its children in one request.
  for (auto trace = traces_.begin(); trace != traces_.end();) {
    const auto now = trace++;
    if (now->complete) print(now);
  }
  tick();
  return true;
}

void ConsoleExporter::tick() {
  while (!traces_.empty() && next_due() <= clock_.now()) print(traces_.begin());
}

void ConsoleExporter::flush() {
  while (!traces_.empty()) print(traces_.begin());
  CERO_ASSERT(held_count_ == 0);
}

TimePoint ConsoleExporter::next_due() const {
  return traces_.empty() ? TimePoint::max() : traces_.front().held_since + kHoldTime;
}

ConsoleExporter::Trace& ConsoleExporter::trace_of(const std::string& id) {
  const auto found = by_id_.find(id);
  if (found != by_id_.end()) return *found->second;
  traces_.push_back({.id = id,
                     .spans = {},
                     .held_since = clock_.now(),
                     .complete = printed_.find(id) != printed_.end()});
  by_id_.emplace(id, std::prev(traces_.end()));
  return traces_.back();
}

void ConsoleExporter::hold(ReadableSpan span) {
  if (held_count_ == kHeldSpansMax) print(traces_.begin());
  Trace& trace = trace_of(span.trace_id);
  trace.complete = trace.complete || is_local_root(span);
  trace.spans.push_back(std::move(span));
  ++held_count_;
  CERO_ASSERT(held_count_ <= kHeldSpansMax);
}

void ConsoleExporter::print(std::list<Trace>::iterator trace) {
  sink_(draw_trace(trace->spans, style_));
  CERO_ASSERT(held_count_ >= trace->spans.size());
  held_count_ -= trace->spans.size();
  remember_printed(trace->id);
  by_id_.erase(trace->id);
  traces_.erase(trace);
}

void ConsoleExporter::remember_printed(const std::string& id) {
  if (!printed_.insert(id).second) return;
  printed_order_.push_back(id);
  if (printed_order_.size() <= kPrintedMax) return;
  printed_.erase(printed_order_.front());
  printed_order_.pop_front();
}

}  // namespace cero::core
