#include "trace/span_start.h"

namespace cero::core {

StartedSpan pass_on(const SpanContext* parent) noexcept {
  if (parent == nullptr) return {};
  SpanBuffer* buffer = make_loose_buffer();
  if (buffer == nullptr) return {};
  buffer->record->trace_id = parent->trace_id().bytes();
  buffer->record->span_id = parent->span_id().bytes();
  buffer->trace_flags = parent->flags();
  buffer->remote = parent->remote();
  buffer->ids_pending = false;
  buffer->trace_state = parent->trace_state();
  return {nullptr, buffer};
}

StartedSpan start_without_memory(Runtime& runtime, const SpanContext* parent,
                                 bool sampled) noexcept {
  if (sampled) runtime.counters().non_recording_no_memory.add(1);
  return pass_on(parent);
}

StartedSpan start_without_slot(const SpanSource& source, const SpanContext* parent,
                               bool reentrant) noexcept {
  const uint64_t rule = sampling_rule(source.runtime, parent);
  const bool sampled = parent == nullptr ? rule != Sampler::kRuleNone
                                         : is_sampled(rule, words_of(parent->trace_id()));
  return start_without_memory(source.runtime, reentrant ? nullptr : parent, sampled);
}

}  // namespace cero::core
