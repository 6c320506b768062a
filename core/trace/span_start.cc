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

StartedSpan pass_on(const Parent& parent) noexcept {
  const CurrentKept kept;
  return pass_on(resolve(parent));
}

StartedSpan start_without_memory(Runtime& runtime, const SpanContext* parent,
                                 bool sampled) noexcept {
  if (sampled) runtime.counters().non_recording_no_memory.add(1);
  return pass_on(parent);
}

StartedSpan start_without_slot(const SpanSource& source, const Parent& parent,
                               bool reentrant) noexcept {
  const CurrentKept kept;
  const SpanContext* context = resolve(parent);
  const uint64_t rule = sampling_rule(source.runtime, context);
  const bool sampled = context == nullptr ? rule != Sampler::kRuleNone
                                          : is_sampled(rule, words_of(context->trace_id()));
  return start_without_memory(source.runtime, reentrant ? nullptr : context, sampled);
}

}  // namespace cero::core
