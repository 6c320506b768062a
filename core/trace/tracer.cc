#include "cero/tracer.h"

#include "base/scope_info.h"
#include "base/ticks.h"
#include "trace/current_scope.h"
#include "trace/span_recorder.h"
#include "trace/thread_slot.h"

namespace cero {
namespace core {
namespace {

using detail::RecordFailure;
using detail::RecordHeader;

// The parent, or nullptr for a root.
const SpanContext* resolve(const Parent& parent) noexcept {
  const SpanContext* context = parent.context();
  if (parent.is_current() && current_scope != nullptr) context = &current_scope->context();
  return context != nullptr && context->valid() ? context : nullptr;
}

bool is_sampled(const Runtime& runtime, const SpanContext* parent,
                const TraceId& trace_id) noexcept {
  const size_t rule =
      parent == nullptr ? 0 : 1 + 2 * size_t{parent->remote()} + size_t{parent->sampled()};
  constexpr uint64_t kLow56Bits = Sampler::kRuleAll - 1;
  const auto* last_bytes = reinterpret_cast<const char*>(trace_id.bytes().data() + 8);
  const uint64_t randomness = __builtin_bswap64(detail::load<uint64_t>(last_bytes)) & kLow56Bits;
  return randomness < runtime.settings().sampler_rules[rule].load(std::memory_order_relaxed);
}

uint64_t to_unix_ns(Timestamp time) noexcept {
  return static_cast<uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count());
}

void set_context(SpanBuffer& buffer, const TraceId& trace_id, const SpanId& span_id,
                 uint8_t flags) noexcept {
  buffer.record->trace_id = trace_id.bytes();
  buffer.record->span_id = span_id.bytes();
  buffer.trace_flags = flags;
  buffer.remote = false;
}

void begin_record(SpanBuffer& buffer, Runtime& runtime, uint32_t generation,
                  const ScopeInfo* scope) noexcept {
  const Runtime::Settings& settings = runtime.settings();
  const uint32_t attributes_max = settings.attributes_max.load(std::memory_order_relaxed);
  buffer.wire_used = 0;
  buffer.key_filter = 0;
  buffer.attribute_count = 0;
  buffer.attribute_room = std::min<uint32_t>(attributes_max, detail::kIndexedAttributesMax);
  buffer.value_length_max = settings.value_length_max.load(std::memory_order_relaxed);
  buffer.event_count = 0;
  buffer.link_count = 0;
  buffer.status_size = 0;
  buffer.runtime = &runtime;
  buffer.failure = RecordFailure::none;
  RecordHeader& record = *buffer.record;
  record.generation = generation;
  record.scope = scope;
  record.dropped_attributes = 0;
  record.dropped_events = 0;
  record.dropped_links = 0;
  record.status_code = 0;
  record.marks = 0;
}

}  // namespace
}  // namespace core

Span Tracer::start_without_provider(const StartOptions& options) noexcept {
  const SpanContext* parent = core::resolve(options.parent);
  if (parent == nullptr) return {};
  // Cold, and seldom: the span stands for its parent, so that what it passes on is the parent's
  // context [spec 2.3].
  core::SpanBuffer* buffer = core::make_loose_buffer();
  if (buffer == nullptr) return {};
  core::set_context(*buffer, parent->trace_id(), parent->span_id(), parent->flags());
  buffer->remote = parent->remote();
  buffer->trace_state = parent->trace_state();
  return {nullptr, buffer};
}

Span Tracer::start_recording(std::string_view name, const StartOptions& options) noexcept {
  core::Runtime& runtime = *runtime_;
  if (!runtime.is_live(generation_)) [[unlikely]]
    return start_without_provider(options);
  core::SlotUse slot;
  if (!slot) [[unlikely]]
    return {};

  const SpanContext* parent = core::resolve(options.parent);
  uint8_t flags = TraceFlags::kRandom;
  TraceId trace_id;
  if (parent != nullptr) {
    trace_id = parent->trace_id();
    flags = parent->flags() & TraceFlags::kRandom;
  } else if (options.trace_id.valid()) [[unlikely]] {
    trace_id = options.trace_id;
    flags = 0;  // whether the caller's ids are random is not known here
  } else {
    trace_id = TraceId(slot->ids.trace_id());
  }
  const SpanId span_id = options.span_id.valid() ? options.span_id : SpanId(slot->ids.span_id());
  const bool sampled = core::is_sampled(runtime, parent, trace_id);
  core::SpanBuffer* buffer = slot->pool.take();
  if (buffer == nullptr) [[unlikely]] {
    if (sampled) runtime.counters().non_recording_no_memory.fetch_add(1, std::memory_order_relaxed);
    return start_without_provider(options);
  }
  if (sampled) flags |= TraceFlags::kSampled;
  core::set_context(*buffer, trace_id, span_id, flags);
  if (parent != nullptr && !parent->trace_state().empty()) [[unlikely]]
    buffer->trace_state = parent->trace_state();
  if (!sampled) return {nullptr, buffer};

  core::begin_record(*buffer, runtime, generation_, scope_);
  detail::RecordHeader& record = *buffer->record;
  record.parent_span_id = parent != nullptr ? parent->span_id().bytes() : std::array<uint8_t, 8>{};
  record.kind = static_cast<uint8_t>(options.kind);
  record.flags = core::otlp_flags(flags, parent != nullptr && parent->remote());
  core::write_name(*buffer, name);
  for (const Attribute& attribute : options.attributes) core::add_attribute(*buffer, attribute);
  for (const Link& link : options.links) core::add_link(*buffer, link.context, link.attributes);
  if (options.start_time == Timestamp{}) [[likely]] {
    buffer->record->start = core::read_ticks();
  } else {
    buffer->record->start = core::to_unix_ns(options.start_time);
    buffer->record->marks |= detail::kStartIsUnix;
  }
  return {buffer, buffer};
}

bool Tracer::enabled() const noexcept {
  return runtime_ != nullptr && runtime_->is_live(generation_);
}

}  // namespace cero
