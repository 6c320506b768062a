#include "loadgen/workload.h"

#include <optional>

#include "cero/version.h"
#include "loadgen/span_attributes.h"

namespace cero::loadgen {
namespace {

constexpr uint32_t kDepthMax = 8;
constexpr uint64_t kTimedOneIn = 64;

void record_failure(Span& span, const SpanContent& content) noexcept {
  span.add_event("exception", {{"exception.type", content.error_type},
                               {"exception.message", content.error_message}});
  span.set_status(StatusCode::error, content.error_message);
}

}  // namespace

Workload::Workload(TracerProvider& provider, const WorkloadOptions& options, uint64_t clock_cost_ns)
    : http_(provider.get_tracer("loadgen.http", CERO_VERSION)),
      database_(provider.get_tracer("loadgen.database", CERO_VERSION)),
      options_(options),
      clock_cost_ns_(clock_cost_ns),
      content_(options.seed) {}

void Workload::record_trace() noexcept { record_tree(options_.spans_per_trace, 0); }

void Workload::record_tree(uint32_t spans, uint32_t depth) noexcept {
  SpanContent content;
  if (depth == 0) {
    content_.fill_root(content);
  } else {
    content_.fill_child(content);
  }
  CallTimer timer(spans_++ % kTimedOneIn == 0);
  std::optional<ScopedSpan> span;

  timer.start();
  span.emplace(tracer_for(content.operation).start_span(content.name, {.kind = content.kind}));
  set_attributes(*span, content, options_.attributes);
  if (content.failed) record_failure(*span, content);
  timer.stop();

  for (uint32_t left = spans - 1; left > 0;) {
    const uint32_t inside = depth + 1 < kDepthMax ? 1 + content_.random().below(left) : 1;
    record_tree(inside, depth + 1);
    left -= inside;
  }

  timer.start();
  span.reset();  // ends it, and makes its parent current again
  timer.stop();
  if (timer.on()) span_ns_.add(timer.nanoseconds(clock_cost_ns_));
}

}  // namespace cero::loadgen
