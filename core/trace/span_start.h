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

inline uint64_t sampling_rule(const Runtime& runtime, const SpanContext* parent) noexcept {
  const size_t rule =
      parent == nullptr ? 0 : 1 + 2 * size_t{parent->remote()} + size_t{parent->sampled()};
  return runtime.settings().sampler_rules[rule].load(std::memory_order_relaxed);
}

[[gnu::always_inline]] inline bool is_sampled(uint64_t rule, const TraceId& trace_id) noexcept {
  constexpr uint64_t kLow56Bits = Sampler::kRuleAll - 1;
  const auto* last_bytes = reinterpret_cast<const char*>(trace_id.bytes().data() + 8);
  return rule == Sampler::kRuleAll ||
         (__builtin_bswap64(detail::load<uint64_t>(last_bytes)) & kLow56Bits) < rule;
}

// Whose span it is, and the ids that a bridge gives it.
struct SpanSource {
  Runtime& runtime;
  const ScopeInfo* scope;
  uint32_t generation;
  SpanKind kind;
  const StartOptions* given = nullptr;  // for the ids of a bridge, of which each may be invalid

  bool has_trace_id() const noexcept { return given != nullptr && given->trace_id.valid(); }
  bool has_span_id() const noexcept { return given != nullptr && given->span_id.valid(); }
};

// Everything of a record but its ids, its wire bytes and its times. `flags`: W3C's.
[[gnu::always_inline]] inline void begin_record(SpanBuffer& buffer, const SpanSource& source,
                                                uint32_t flags) noexcept {
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
  record.flags = flags;
  record.kind = static_cast<uint8_t>(source.kind);
  record.status_code = 0;
  record.marks = 0;
}

// `record_first(SpanBuffer&)` writes the first wire bytes.
template <typename Record>
[[gnu::always_inline]] inline StartedSpan start_recording(SpanBuffer& buffer,
                                                          const SpanSource& source, uint32_t flags,
                                                          Record& record_first) noexcept {
  begin_record(buffer, source, flags);
  record_first(buffer);
  buffer.record->start = read_ticks();  // last, so that the span does not hold its own start
  return {&buffer, &buffer};
}

// Most unsampled roots are never asked who they are, so ids wait until somebody does.
[[gnu::always_inline]] inline StartedSpan start_unsampled_root(ThreadSlot& slot) noexcept {
  SpanBuffer* buffer = slot.pool.take();
  if (buffer == nullptr) [[unlikely]]
    return {};
  buffer->ids_pending = true;
  return {nullptr, buffer};
}

template <typename Record>
[[gnu::always_inline]] inline StartedSpan start_root(ThreadSlot& slot, const SpanSource& source,
                                                     Record& record_first) noexcept {
  const uint64_t rule = sampling_rule(source.runtime, nullptr);
  if (rule == Sampler::kRuleNone && source.given == nullptr) return start_unsampled_root(slot);
  const bool has_trace_id = source.has_trace_id();
  const TraceId trace_id = has_trace_id ? source.given->trace_id : TraceId(slot.ids.trace_id());
  const bool sampled = is_sampled(rule, trace_id);
  SpanBuffer* buffer = slot.pool.take();
  if (buffer == nullptr) [[unlikely]]
    return start_without_memory(source.runtime, nullptr, sampled);
  detail::RecordHeader& record = *buffer->record;
  record.trace_id = trace_id.bytes();
  record.span_id = source.has_span_id() ? source.given->span_id.bytes() : slot.ids.span_id();
  record.parent_span_id = {};
  buffer->ids_pending = false;
  buffer->remote = false;
  // Whether the caller's ids are random is not known here.
  const uint8_t flags = has_trace_id ? 0 : TraceFlags::kRandom;
  buffer->trace_flags = flags;
  if (!sampled) return {nullptr, buffer};
  buffer->trace_flags = flags | TraceFlags::kSampled;
  return start_recording(*buffer, source, otlp_flags(flags | TraceFlags::kSampled, false),
                         record_first);
}

template <typename Record>
[[gnu::always_inline]] inline StartedSpan start_child(ThreadSlot& slot, const SpanSource& source,
                                                      const SpanContext& parent,
                                                      Record& record_first) noexcept {
  const bool sampled = is_sampled(sampling_rule(source.runtime, &parent), parent.trace_id());
  SpanBuffer* buffer = slot.pool.take();
  if (buffer == nullptr) [[unlikely]]
    return start_without_memory(source.runtime, &parent, sampled);
  detail::RecordHeader& record = *buffer->record;
  record.trace_id = parent.trace_id().bytes();
  record.span_id = source.has_span_id() ? source.given->span_id.bytes() : slot.ids.span_id();
  if (!parent.trace_state().empty()) [[unlikely]]
    buffer->trace_state = parent.trace_state();
  const auto flags = static_cast<uint8_t>((parent.flags() & TraceFlags::kRandom) |
                                          (sampled ? TraceFlags::kSampled : 0));
  buffer->ids_pending = false;
  buffer->remote = false;
  buffer->trace_flags = flags;
  if (!sampled) return {nullptr, buffer};
  record.parent_span_id = parent.span_id().bytes();
  return start_recording(*buffer, source, otlp_flags(flags, parent.remote()), record_first);
}

template <typename Record>
[[gnu::always_inline]] inline StartedSpan start_in(ThreadSlot& slot, const SpanSource& source,
                                                   const SpanContext* parent,
                                                   Record& record_first) noexcept {
  return parent == nullptr ? start_root(slot, source, record_first)
                           : start_child(slot, source, *parent, record_first);
}

// On a thread that has its slot at hand, as nearly all have: nothing else is inlined. `otherwise()`
// must be a call.
template <typename Record, typename Otherwise>
[[gnu::always_inline]] inline StartedSpan start_span(const SpanSource& source, const Parent& parent,
                                                     Record record_first,
                                                     Otherwise otherwise) noexcept {
  ThreadSlot* slot = idle_slot();
  if (slot == nullptr || !source.runtime.is_live(source.generation)) [[unlikely]]
    return otherwise();
  const BusySlot busy(slot);
  return start_in(*slot, source, resolve(parent), record_first);
}

// In every case.
template <typename Record>
StartedSpan start_span_anyhow(const SpanSource& source, const Parent& parent,
                              Record record_first) noexcept {
  const SpanContext* context = resolve(parent);
  if (!source.runtime.is_live(source.generation)) return pass_on(context);
  const SlotUse slot;
  return slot ? start_in(*slot, source, context, record_first) : StartedSpan{};
}

}  // namespace cero::core

#endif  // CERO_CORE_TRACE_SPAN_START_H_
