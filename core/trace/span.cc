#include "cero/span.h"

#include <cxxabi.h>

#include <cstdlib>
#include <memory>
#include <typeinfo>
#include <vector>

#include "base/ticks.h"
#include "trace/span_recorder.h"
#include "trace/thread_slot.h"

namespace cero {
namespace core {
namespace {

using detail::RecordFailure;
using detail::RecordHeader;

// Spans that ended after their provider was destroyed: nobody's ledger has them any more.
void count_late(const RecordHeader& record, Runtime& runtime) noexcept {
  if (runtime.is_latest(record.generation)) {
    runtime.counters().after_shutdown.fetch_add(1, std::memory_order_relaxed);
  }
}

void push(SpanBuffer& buffer, Runtime& runtime, SpanRing& ring) noexcept {
  if (buffer.failure != RecordFailure::none) [[unlikely]] {
    const bool too_large = buffer.failure == RecordFailure::too_large;
    count_one(too_large ? ring.counters().span_too_large : ring.counters().no_memory);
    return;
  }
  const size_t size = sizeof(RecordHeader) + buffer.wire_used;
  // Not asked as the span grows: a buffer may have more room than the limit.
  if (size > runtime.settings().span_bytes_max.load(std::memory_order_relaxed)) [[unlikely]]
    return count_one(ring.counters().span_too_large);
  if (!runtime.enter_queue()) [[unlikely]]
    return count_one(ring.counters().ring_full);
  buffer.record->size_bytes = static_cast<uint32_t>(size);
  if (!ring.try_push(*buffer.record)) [[unlikely]]
    runtime.leave_queue(1);
}

// Publishes a span that has just ended, or counts why not.
void finish(SpanBuffer& buffer, Timestamp time, SlotUse& slot) noexcept {
  RecordHeader& record = *buffer.record;
  if (time == Timestamp{}) [[likely]] {
    record.end = read_ticks();
  } else {
    using std::chrono::nanoseconds;
    record.end = static_cast<uint64_t>(
        std::chrono::duration_cast<nanoseconds>(time.time_since_epoch()).count());
    record.marks |= detail::kEndIsUnix;
  }
  Runtime& runtime = *buffer.runtime;
  if (!runtime.is_live(record.generation)) [[unlikely]]
    return count_late(record, runtime);
  if (!buffer.trace_state.empty()) [[unlikely]]
    append_trace_state(buffer, buffer.trace_state.to_header());
  SpanRing* ring = slot ? slot->ring_of(runtime) : nullptr;
  if (ring == nullptr) [[unlikely]] {
    Runtime::Counters& counters = runtime.counters();
    (slot.reentrant() ? counters.reentrant : counters.no_memory)
        .fetch_add(1, std::memory_order_relaxed);
    return;
  }
  push(buffer, runtime, *ring);
}

void release(SpanBuffer& buffer, SlotUse& slot) noexcept {
  if (!buffer.trace_state.empty()) [[unlikely]]
    buffer.trace_state = TraceState{};
  if (buffer.own_block_bytes != 0) [[unlikely]]
    shrink(buffer);
  if (buffer.pool == nullptr) [[unlikely]]
    return free_loose_buffer(&buffer);
  if (slot && buffer.pool == &slot->pool) [[likely]] {
    slot->pool.give_back(&buffer);
  } else {
    buffer.pool->give_back_from_elsewhere(&buffer);
  }
}

struct FreeDeleter {
  void operator()(char* text) const noexcept { std::free(text); }
};

}  // namespace
}  // namespace core

SpanContext Span::context() const noexcept {
  if (buffer_ == nullptr) return {};
  const detail::RecordHeader& record = *buffer_->record;
  return {TraceId(record.trace_id), SpanId(record.span_id), buffer_->trace_flags, buffer_->remote,
          buffer_->trace_state};
}

void Span::add_event(std::string_view name, Attributes attributes, Timestamp time) noexcept {
  if (recording_ == nullptr) return;
  if (time == Timestamp{}) {
    core::add_event(*recording_, name, attributes, core::read_ticks(), true);
  } else {
    using std::chrono::nanoseconds;
    const auto since_epoch = std::chrono::duration_cast<nanoseconds>(time.time_since_epoch());
    core::add_event(*recording_, name, attributes, static_cast<uint64_t>(since_epoch.count()),
                    false);
  }
}

void Span::add_link(const SpanContext& context, Attributes attributes) noexcept {
  if (recording_ != nullptr) core::add_link(*recording_, context, attributes);
}

void Span::set_status(StatusCode code, std::string_view description) noexcept {
  if (recording_ != nullptr) core::set_status(*recording_, code, description);
}

void Span::update_name(std::string_view name) noexcept {
  if (recording_ != nullptr) core::replace_name(*recording_, name);
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

void Span::end(Timestamp time) noexcept {
  if (recording_ == nullptr) return;
  core::SlotUse slot;
  core::finish(*std::exchange(recording_, nullptr), time, slot);
}

void Span::destroy() noexcept {
  core::SlotUse slot;
  if (recording_ != nullptr) core::finish(*recording_, Timestamp{}, slot);
  core::release(*buffer_, slot);
}

}  // namespace cero
