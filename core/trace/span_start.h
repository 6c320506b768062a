// The start of a span, whoever asks for it: whose child it is, its ids, whether it is sampled, and
// a buffer that is ready to record.
//
// Inlined into each caller with the part that differs, the first bytes that it records.
#ifndef CERO_CORE_TRACE_SPAN_START_H_
#define CERO_CORE_TRACE_SPAN_START_H_

#include "base/ticks.h"
#include "cero/context.h"
#include "trace/span_recorder.h"
#include "trace/thread_slot.h"

namespace cero::core {

using detail::StartedSpan;

// Whose span it is, and the ids that a bridge gives it.
struct SpanSource {
  Runtime& runtime;
  const ScopeInfo* scope;
  uint32_t generation;
  TraceId trace_id = {};  // invalid: generated
  SpanId span_id = {};

  bool has_ids() const noexcept { return trace_id.valid() || span_id.valid(); }
};

inline uint64_t to_unix_ns(Timestamp time) noexcept {
  return static_cast<uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count());
}

// The parent, or nullptr for a root.
[[gnu::always_inline]] inline const SpanContext* resolve(const Parent& parent) noexcept {
  const SpanContext* context = parent.context();
  if (parent.is_current() && detail::current_scope != nullptr)
    context = &detail::current_scope->context();
  return context != nullptr && context->valid() ? context : nullptr;
}

// A span that records nothing and stands for its parent, so that what it passes on is the parent's
// context [spec 2.3]. Cold.
StartedSpan pass_on(const SpanContext* parent) noexcept;
// The same for a span that finds no memory to record into; counted if it was to be sampled.
StartedSpan start_without_memory(Runtime& runtime, const SpanContext* parent,
                                 bool sampled) noexcept;

[[gnu::always_inline]] inline uint64_t sampling_rule(const Runtime& runtime,
                                                     const SpanContext* parent) noexcept {
  const size_t rule =
      parent == nullptr ? 0 : 1 + 2 * size_t{parent->remote()} + size_t{parent->sampled()};
  return runtime.settings().sampler_rules[rule].load(std::memory_order_relaxed);
}

[[gnu::always_inline]] inline bool is_below(uint64_t rule, const TraceId& trace_id) noexcept {
  constexpr uint64_t kLow56Bits = Sampler::kRuleAll - 1;
  const auto* last_bytes = reinterpret_cast<const char*>(trace_id.bytes().data() + 8);
  return (__builtin_bswap64(detail::load<uint64_t>(last_bytes)) & kLow56Bits) < rule;
}

// The buffer's part that no caller varies; the rest of the record follows.
[[gnu::always_inline]] inline void begin_record(SpanBuffer& buffer,
                                                const SpanSource& source) noexcept {
  const Runtime::Settings& settings = source.runtime.settings();
  buffer.at = buffer.wire();
  buffer.attributes_left = settings.attributes_max.load(std::memory_order_relaxed);
  buffer.value_length_max = settings.value_length_max.load(std::memory_order_relaxed);
  buffer.state = {};
  buffer.runtime = &source.runtime;
  detail::RecordHeader& record = *buffer.record;
  record.generation = source.generation;
  record.scope = source.scope;
  record.dropped_attributes = 0;
  record.dropped_events = 0;
  record.dropped_links = 0;
}

// `record(SpanBuffer&)` writes the first wire bytes.
template <typename Record>
[[gnu::always_inline]] inline StartedSpan start_span(const SpanSource& source, SpanKind kind,
                                                     const Parent& parent_choice,
                                                     Record&& record_first) noexcept {
  Runtime& runtime = source.runtime;
  const SpanContext* parent = resolve(parent_choice);
  if (!runtime.is_live(source.generation)) [[unlikely]]
    return pass_on(parent);
  SlotUse slot;
  if (!slot) [[unlikely]]
    return {};

  const uint64_t rule = sampling_rule(runtime, parent);
  if (rule == Sampler::kRuleNone && parent == nullptr && !source.has_ids()) {
    SpanBuffer* buffer = slot->pool.take();
    if (buffer == nullptr) [[unlikely]]
      return {};
    buffer->ids_pending = true;
    return {nullptr, buffer};
  }

  TraceId trace_id;
  uint8_t flags = TraceFlags::kRandom;
  if (parent != nullptr) {
    trace_id = parent->trace_id();
    flags &= parent->flags();
  } else if (source.trace_id.valid()) [[unlikely]] {
    trace_id = source.trace_id;
    flags = 0;  // whether the caller's ids are random is not known here
  } else {
    trace_id = TraceId(slot->ids.trace_id());
  }
  const bool sampled = is_below(rule, trace_id);
  SpanBuffer* buffer = slot->pool.take();
  if (buffer == nullptr) [[unlikely]]
    return start_without_memory(runtime, parent, sampled);

  detail::RecordHeader& record = *buffer->record;
  record.trace_id = trace_id.bytes();
  record.span_id = source.span_id.valid() ? source.span_id.bytes() : slot->ids.span_id();
  record.parent_span_id = parent != nullptr ? parent->span_id().bytes() : std::array<uint8_t, 8>{};
  if (parent != nullptr && !parent->trace_state().empty()) [[unlikely]]
    buffer->trace_state = parent->trace_state();
  buffer->ids_pending = false;
  buffer->remote = false;
  if (sampled) flags |= TraceFlags::kSampled;
  buffer->trace_flags = flags;
  if (!sampled) return {nullptr, buffer};

  begin_record(*buffer, source);
  record.flags = otlp_flags(flags, parent != nullptr && parent->remote());
  record.kind = static_cast<uint8_t>(kind);
  record.status_code = 0;
  record.marks = 0;
  record_first(*buffer);
  buffer->record->start = read_ticks();  // last, so that the span does not hold its own start
  return {buffer, buffer};
}

}  // namespace cero::core

#endif  // CERO_CORE_TRACE_SPAN_START_H_
