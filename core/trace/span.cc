#include "cero/span.h"

#include <cxxabi.h>

#include <cstdlib>
#include <memory>
#include <typeinfo>
#include <utility>
#include <vector>

#include "trace/record_block.h"
#include "trace/span_start.h"

namespace cero {
namespace core {
namespace {

using detail::RecordAccess;
using detail::RecordFailure;
using detail::RecordHeader;

// Spans that ended after their provider was destroyed: nobody's ledger has them any more.
void count_late(const RecordHeader& record, Runtime& runtime) noexcept {
  if (runtime.is_latest(record.generation)) {
    runtime.counters().dropped.after_shutdown.add(1);
  }
}

// With queue_spans_max. False: the record is dropped and counted.
template <typename TryPush>
bool push_into_bounded_queue(Runtime& runtime, SpanRing& ring, TryPush try_push) noexcept {
  using enum Runtime::QueueEntry;
  const Runtime::QueueEntry entry = runtime.enter_queue();
  if (entry == refused) {
    ring.refuse_full_queue();
    return false;
  }
  if (!try_push()) {
    runtime.leave_queue(1);
    return false;
  }
  if (entry == urgent) ring.announce_now();
  return true;
}

// Out of the way of those who have no such bound.
[[gnu::cold, gnu::noinline]] void push_bounded(const RecordHeader& record, Runtime& runtime,
                                               SpanRing& ring) noexcept {
  push_into_bounded_queue(runtime, ring, [&] { return ring.try_push(record); });
}

// A record that is too large for a ring's copy, or at all. The batch thread is woken for each: they
// are rare, and keep memory that open spans may need.
[[gnu::cold, gnu::noinline]] void push_large(SpanBuffer& buffer, Runtime& runtime,
                                             SpanRing& ring) noexcept {
  const uint32_t size = sizeof(RecordHeader) + buffer.wire_used();
  // Not asked as the span grows: a buffer may have more room than the limit.
  if (size + buffer.state.prefix_bytes >
      runtime.settings().span_bytes_max.load(std::memory_order_relaxed))
    return ring.counters().dropped.span_too_large.add(1);
  buffer.record->size_bytes = size;
  const bool bounded = runtime.has_bounded_queue();
  if (size <= kRingRecordBytesMax) {  // large with its prefix alone
    if (bounded) return push_bounded(*buffer.record, runtime, ring);
    return static_cast<void>(ring.try_push(*buffer.record));
  }
  RecordBlock block;
  if (!try_take_block(buffer, &block)) return ring.refuse_full_queue();
  const auto try_push = [&] { return ring.try_push_block(block); };
  const bool pushed = bounded ? push_into_bounded_queue(runtime, ring, try_push) : try_push();
  if (!pushed) return block.release(block.record, block.bytes);
  ring.announce_now();
}

[[gnu::always_inline]] inline void push(SpanBuffer& buffer, Runtime& runtime,
                                        SpanRing& ring) noexcept {
  if (buffer.state.failure != RecordFailure::none) [[unlikely]] {
    const bool too_large = buffer.state.failure == RecordFailure::too_large;
    auto& dropped = ring.counters().dropped;
    return (too_large ? dropped.span_too_large : dropped.no_memory).add(1);
  }
  const uint32_t size = sizeof(RecordHeader) + buffer.wire_used();
  if (size + buffer.state.prefix_bytes >
      runtime.settings().ring_record_bytes_max.load(std::memory_order_relaxed)) [[unlikely]]
    return push_large(buffer, runtime, ring);
  buffer.record->size_bytes = size;
  if (runtime.has_bounded_queue()) [[unlikely]]
    return push_bounded(*buffer.record, runtime, ring);
  ring.try_push(*buffer.record);
}

// When a span ended.
struct End {
  uint64_t time = read_ticks();
  uint8_t marks = 0;
};

[[gnu::cold, gnu::noinline]] void count_unpublished(const SpanBuffer& buffer,
                                                    bool reentrant) noexcept {
  if (!buffer.runtime->is_live(buffer.record->generation))
    return count_late(*buffer.record, *buffer.runtime);
  auto& dropped = buffer.runtime->counters().dropped;
  (reentrant ? dropped.reentrant : dropped.no_memory).add(1);
}

// Publishes a span, or counts why not.
[[gnu::always_inline]] inline void publish(SpanBuffer& buffer, ThreadSlot& slot, End end) noexcept {
  const RecordAccess access = std::exchange(buffer.access, RecordAccess::ended);  // S3
  if (access != RecordAccess::open) [[unlikely]] {
    if (access == RecordAccess::changing) count_unpublished(buffer, true);
    return;
  }
  buffer.record->end = end.time;
  buffer.record->marks |= end.marks;
  Runtime& runtime = *buffer.runtime;
  if (!runtime.is_live(buffer.record->generation)) [[unlikely]]
    return count_late(*buffer.record, runtime);
  if (!buffer.trace_state.empty()) [[unlikely]]
    append_trace_state(buffer, buffer.trace_state.to_header());
  SpanRing* ring = slot.ring_of(runtime);
  if (ring == nullptr) [[unlikely]]
    return runtime.counters().dropped.no_memory.add(1);
  push(buffer, runtime, *ring);
}

void count_without_slot(SpanBuffer& buffer, const SlotUse& slot) noexcept {
  if (std::exchange(buffer.access, RecordAccess::ended) != RecordAccess::ended)
    count_unpublished(buffer, slot.reentrant());
}

// What seldom is in a buffer, out of it.
[[gnu::cold, gnu::noinline]] void clear(SpanBuffer& buffer) noexcept {
  buffer.trace_state = TraceState{};
  shrink(buffer);
}

[[gnu::always_inline]] inline void clear_if_needed(SpanBuffer& buffer) noexcept {
  if (!buffer.trace_state.empty() || buffer.own_block_bytes != 0) [[unlikely]]
    clear(buffer);
}

// `pool` is the calling thread's; nullptr where it has none.
void release(SpanBuffer& buffer, SpanPool* pool) noexcept {
  clear_if_needed(buffer);
  if (buffer.made_after_forks == kLooseBuffer) {
    free_loose_buffer(&buffer);
  } else if (pool != nullptr) {
    pool->give_back(&buffer);
  } else {
    give_back_to_depot(&buffer);
  }
}

// The calling thread's slot if the thread is not inside cero and its pool can keep the buffer: the
// case that must be fast.
[[gnu::always_inline]] inline ThreadSlot* idle_slot_for(const SpanBuffer& buffer) noexcept {
  ThreadSlot* slot = idle_slot();
  return slot != nullptr && slot->pool.may_keep(buffer) ? slot : nullptr;
}

// For a thread that has no slot of its own yet, or any more, or is inside cero, and for a loose
// buffer. A span that began before this process was forked is its parent's, which ends it too:
// nothing is done here, and its memory is left as it is.
[[gnu::noinline]] void finish_anyhow(SpanBuffer* recording, SpanBuffer* released,
                                     End end) noexcept {
  const uint32_t made_after_forks = (recording != nullptr ? recording : released)->made_after_forks;
  if (made_after_forks != kLooseBuffer && made_after_forks != fork_count()) return;
  const SlotUse slot;
  if (recording != nullptr)
    slot ? publish(*recording, *slot, end) : count_without_slot(*recording, slot);
  if (released != nullptr) release(*released, slot ? &slot->pool : nullptr);
}

// The ids of an unsampled root, when somebody asks for them.
[[gnu::cold, gnu::noinline]] void generate_ids(SpanBuffer& buffer) noexcept {
  SlotUse slot;
  IdGenerator own{};
  if (!slot && !own.seed()) return;
  IdGenerator& ids = slot ? slot->ids : own;
  buffer.record->trace_id = ids.trace_id();
  buffer.record->span_id = ids.span_id();
  buffer.trace_flags = TraceFlags::kRandom;
  buffer.remote = false;
  buffer.ids_pending = false;
}

struct FreeDeleter {
  void operator()(char* text) const noexcept { std::free(text); }
};

}  // namespace
}  // namespace core

SpanContext Span::context_of(detail::SpanBuffer& buffer) noexcept {
  if (buffer.ids_pending) [[unlikely]]
    core::generate_ids(buffer);
  const detail::RecordHeader& record = *buffer.record;
  return {TraceId(record.trace_id), SpanId(record.span_id), buffer.trace_flags, buffer.remote,
          buffer.trace_state};
}

void Span::add_event(std::string_view name, Attributes attributes, Timestamp time) noexcept {
  detail::SpanBuffer* const recording = recording_;
  if (recording == nullptr) return;
  if (time == Timestamp{}) {
    core::add_event(*recording, name, attributes, core::read_ticks(), true);
  } else {
    core::add_event(*recording, name, attributes, core::to_unix_ns(time), false);
  }
}

void Span::add_link(const SpanContext& context, Attributes attributes) noexcept {
  detail::SpanBuffer* const recording = recording_;
  if (recording != nullptr) core::add_link(*recording, context, attributes);
}

void Span::set_status_slow(detail::SpanBuffer& recording, StatusCode code,
                           std::string_view description) noexcept {
  core::set_status(recording, code, description);
}

void Span::update_name(std::string_view name) noexcept {
  detail::SpanBuffer* const recording = recording_;
  if (recording != nullptr) core::replace_name(*recording, name);
}

void Span::record_exception(const std::exception& exception, Attributes attributes) noexcept try {
  if (recording_ == nullptr) return;
  const char* mangled = typeid(exception).name();
  int status = 0;
  const std::unique_ptr<char, core::FreeDeleter> demangled(
      abi::__cxa_demangle(mangled, nullptr, nullptr, &status));
  std::vector<Attribute> all{{"exception.type", demangled ? demangled.get() : mangled},
                             {"exception.message", exception.what()}};
  all.insert(all.end(), attributes.begin(), attributes.end());  // the last value of a key holds
  add_event("exception", all);
} catch (...) {
  add_event("exception", attributes);  // no memory for more
}

void Span::finish(detail::SpanBuffer& recording, Timestamp time) noexcept {
  const core::End end =
      time == Timestamp{} ? core::End{} : core::End{core::to_unix_ns(time), detail::kEndIsUnix};
  core::ThreadSlot* slot = core::idle_slot_for(recording);
  if (slot == nullptr) [[unlikely]]
    return core::finish_anyhow(&recording, nullptr, end);
  const core::BusySlot busy(slot);
  core::publish(recording, *slot, end);
}

void Span::finish_and_release(detail::SpanBuffer& recording) noexcept {
  const core::End end;
  core::ThreadSlot* slot = core::idle_slot_for(recording);
  if (slot == nullptr) [[unlikely]]
    return core::finish_anyhow(&recording, &recording, end);
  const core::BusySlot busy(slot);
  core::publish(recording, *slot, end);
  core::clear_if_needed(recording);
  slot->pool.give_back(&recording);
}

void Span::release(detail::SpanBuffer& buffer) noexcept {
  core::ThreadSlot* slot = core::idle_slot_for(buffer);
  if (slot == nullptr) [[unlikely]]
    return core::finish_anyhow(nullptr, &buffer, {});
  const core::BusySlot busy(slot);
  core::clear_if_needed(buffer);
  slot->pool.give_back(&buffer);
}

}  // namespace cero
