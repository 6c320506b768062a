// The start of a span, whoever asks for it: whose child it is, its ids, whether it is sampled, and
// a buffer that is ready to record.
//
// Inlined into each caller with the part that differs, the first bytes that it records.
#ifndef CERO_CORE_TRACE_SPAN_START_H_
#define CERO_CORE_TRACE_SPAN_START_H_

#include <array>
#include <bit>
#include <cstring>

#include "base/ticks.h"
#include "cero/context.h"
#include "trace/buffer_depot.h"
#include "trace/current_stack.h"
#include "trace/span_recorder.h"
#include "trace/thread_slot.h"

namespace cero::core {

using detail::StartedSpan;

// Times before 1970 have no place on the wire, and 0 says that there is no time: they become the
// first one.
inline uint64_t to_unix_ns(Timestamp time) noexcept {
  const auto since = std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch());
  return since.count() < 1 ? 1 : static_cast<uint64_t>(since.count());
}

// What is none of the kinds is internal: a number that no decoder knows would cost others' spans.
inline uint8_t wire_kind(SpanKind kind) noexcept {
  const bool known = kind >= SpanKind::internal && kind <= SpanKind::consumer;
  return static_cast<uint8_t>(known ? kind : SpanKind::internal);
}

// The parent, or nullptr for a root. A current one stays only while the thread's slot is busy, or
// in CurrentKept.
[[gnu::always_inline]] inline const SpanContext* resolve(const Parent& parent) noexcept {
  const SpanContext* context = parent.context();
  if (context != nullptr) return context->valid() ? context : nullptr;
  return parent.is_current() ? find_current() : nullptr;
}

// A span that records nothing and stands for its parent, so that what it passes on is the parent's
// context [spec 2.3]. Cold.
StartedSpan pass_on(const SpanContext* parent) noexcept;
StartedSpan pass_on(const Parent& parent) noexcept;
// The same for a span that finds no memory to record into; counted if it was to be sampled.
StartedSpan start_without_memory(Runtime& runtime, const SpanContext* parent,
                                 bool sampled) noexcept;

inline uint64_t sampling_rule(const Runtime& runtime, const SpanContext* parent) noexcept {
  const size_t rule =
      parent == nullptr ? 0 : 1 + 2 * size_t{parent->remote()} + size_t{parent->sampled()};
  return runtime.settings().sampler_rules[rule].load(std::memory_order_relaxed);
}

// Whose span it is, and the ids that a bridge gives it.
struct SpanSource {
  Runtime& runtime;
  const ScopeInfo* scope;
  uint32_t generation;
  SpanKind kind = SpanKind::internal;
  const StartOptions* given = nullptr;  // for the ids of a bridge, of which each may be invalid

  bool has_trace_id() const noexcept { return given != nullptr && given->trace_id.valid(); }
  bool has_span_id() const noexcept { return given != nullptr && given->span_id.valid(); }
};

// Who a span is. The ids are words in this machine's order: arrays of bytes would be put together
// in memory, and read back before they have arrived there.
struct Identity {
  std::array<uint64_t, 2> trace_id;
  uint64_t span_id;
  uint64_t parent_span_id;
  uint8_t flags;  // W3C's
};

inline std::array<uint64_t, 2> words_of(const TraceId& id) noexcept {
  return std::bit_cast<std::array<uint64_t, 2>>(id.bytes());
}
inline uint64_t word_of(const SpanId& id) noexcept { return std::bit_cast<uint64_t>(id.bytes()); }

[[gnu::always_inline]] inline uint64_t span_id_for(ThreadSlot& slot,
                                                   const SpanSource& source) noexcept {
  return source.has_span_id() ? word_of(source.given->span_id) : slot.ids.nonzero_word();
}

[[gnu::always_inline]] inline bool is_sampled(uint64_t rule,
                                              const std::array<uint64_t, 2>& trace_id) noexcept {
  static_assert(std::endian::native == std::endian::little);
  constexpr uint64_t kLow56Bits = Sampler::kRuleAll - 1;
  return rule == Sampler::kRuleAll || (__builtin_bswap64(trace_id[1]) & kLow56Bits) < rule;
}

// Where no slot can be had, or no pipeline in a forked child. Counted, also for a root that would
// be sampled by the id it has not got. A reentrant one does not even pass its parent on: that needs
// malloc, which may be what the signal handler interrupted. Cold.
[[gnu::cold]] StartedSpan start_without_slot(const SpanSource& source, const Parent& parent,
                                             bool reentrant) noexcept;

[[gnu::always_inline]] inline void identify(SpanBuffer& buffer, const Identity& identity) noexcept {
  detail::RecordHeader& record = *buffer.record;
  std::memcpy(record.trace_id.data(), &identity.trace_id[0], sizeof(uint64_t));
  std::memcpy(record.trace_id.data() + 8, &identity.trace_id[1], sizeof(uint64_t));
  std::memcpy(record.span_id.data(), &identity.span_id, sizeof(uint64_t));
  std::memcpy(record.parent_span_id.data(), &identity.parent_span_id, sizeof(uint64_t));
  buffer.ids_pending = false;
  buffer.remote = false;
  buffer.access = detail::RecordAccess::open;
  buffer.trace_flags = identity.flags;
}

// The record as a span without attributes begins: everything but who it is and its start.
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
  record.kind = wire_kind(source.kind);
  record.status_code = 0;
  record.marks = 0;
  record.prefix = 0;
}

// `begin(SpanBuffer&)` makes the record, up to the wire bytes that the span starts with.
template <typename Begin>
[[gnu::always_inline]] inline StartedSpan start_recording(SpanBuffer& buffer,
                                                          const Identity& identity,
                                                          bool parent_is_remote,
                                                          Begin& begin) noexcept {
  begin(buffer);
  identify(buffer, identity);
  buffer.record->flags = otlp_flags(identity.flags, parent_is_remote);
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

template <typename Begin>
[[gnu::always_inline]] inline StartedSpan start_root(ThreadSlot& slot, const SpanSource& source,
                                                     Begin& begin) noexcept {
  const uint64_t rule = sampling_rule(source.runtime, nullptr);
  if (rule == Sampler::kRuleNone && source.given == nullptr) return start_unsampled_root(slot);
  const bool has_trace_id = source.has_trace_id();
  Identity identity{.trace_id = has_trace_id ? words_of(source.given->trace_id)
                                             : std::array{slot.ids.word(), slot.ids.nonzero_word()},
                    .span_id = span_id_for(slot, source),
                    .parent_span_id = 0,
                    // Whether the caller's ids are random is not known here.
                    .flags = has_trace_id ? uint8_t{0} : TraceFlags::kRandom};
  const bool sampled = is_sampled(rule, identity.trace_id);
  SpanBuffer* buffer = slot.pool.take();
  if (buffer == nullptr) [[unlikely]]
    return start_without_memory(source.runtime, nullptr, sampled);
  if (!sampled) {
    identify(*buffer, identity);
    return {nullptr, buffer};
  }
  identity.flags |= TraceFlags::kSampled;
  return start_recording(*buffer, identity, false, begin);
}

template <typename Begin>
[[gnu::always_inline]] inline StartedSpan start_child(ThreadSlot& slot, const SpanSource& source,
                                                      const SpanContext& parent,
                                                      Begin& begin) noexcept {
  Identity identity{.trace_id = words_of(parent.trace_id()),
                    .span_id = span_id_for(slot, source),
                    .parent_span_id = word_of(parent.span_id()),
                    .flags = static_cast<uint8_t>(parent.flags() & TraceFlags::kRandom)};
  const bool sampled = is_sampled(sampling_rule(source.runtime, &parent), identity.trace_id);
  SpanBuffer* buffer = slot.pool.take();
  if (buffer == nullptr) [[unlikely]]
    return start_without_memory(source.runtime, &parent, sampled);
  if (!parent.trace_state().empty()) [[unlikely]]
    buffer->trace_state = parent.trace_state();
  if (!sampled) {
    identify(*buffer, identity);
    return {nullptr, buffer};
  }
  identity.flags |= TraceFlags::kSampled;
  return start_recording(*buffer, identity, parent.remote(), begin);
}

template <typename Begin>
[[gnu::always_inline]] inline StartedSpan start_in(ThreadSlot& slot, const SpanSource& source,
                                                   const SpanContext* parent,
                                                   Begin& begin) noexcept {
  return parent == nullptr ? start_root(slot, source, begin)
                           : start_child(slot, source, *parent, begin);
}

// On a thread that has its slot at hand, as nearly all have: nothing else is inlined. `otherwise()`
// must be a call.
template <typename Begin, typename Otherwise>
[[gnu::always_inline]] inline StartedSpan start_span(const SpanSource& source, const Parent& parent,
                                                     Begin begin, Otherwise otherwise) noexcept {
  ThreadSlot* slot = idle_slot();
  if (slot == nullptr || !source.runtime.is_live(source.generation)) [[unlikely]]
    return otherwise();
  const BusySlot busy(slot);
  return start_in(*slot, source, resolve(parent), begin);
}

// In every case. `over(parent)` where the provider has been shut down.
template <typename Begin, typename Over>
StartedSpan start_span_anyhow(const SpanSource& source, const Parent& parent, Begin begin,
                              Over over) noexcept {
  if (!source.runtime.is_live(source.generation)) {
    const Runtime::Renewal renewal = source.runtime.renew(source.generation);
    if (renewal == Runtime::Renewal::over) return over(parent);
    if (renewal != Runtime::Renewal::live) [[unlikely]]
      return start_without_slot(source, parent, renewal == Runtime::Renewal::reentrant);
  }
  const SlotUse slot;
  if (!slot) [[unlikely]]
    return start_without_slot(source, parent, slot.reentrant());
  return start_in(*slot, source, resolve(parent), begin);
}

}  // namespace cero::core

#endif  // CERO_CORE_TRACE_SPAN_START_H_
