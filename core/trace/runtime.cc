#include "trace/runtime.h"

#include "base/utf8.h"

namespace cero::core {

uint32_t Runtime::prepare(const Options& options) noexcept {
  using enum std::memory_order;
  CERO_ASSERT(live_.load(relaxed) == 0);
  for (size_t i = 0; i < settings_.sampler_rules.size(); ++i) {
    settings_.sampler_rules[i].store(options.sampler.rules()[i], relaxed);
  }
  settings_.attributes_max.store(options.limits.attributes_max, relaxed);
  settings_.events_max.store(options.limits.events_max, relaxed);
  settings_.links_max.store(options.limits.links_max, relaxed);
  settings_.attributes_per_event_max.store(options.limits.attributes_per_event_max, relaxed);
  settings_.attributes_per_link_max.store(options.limits.attributes_per_link_max, relaxed);
  settings_.value_length_max.store(
      options.limits.attribute_value_length_max.value_or(kNoLengthLimit), relaxed);
  settings_.span_bytes_max.store(options.span_bytes_max, relaxed);
  settings_.ring_bytes.store(options.ring_bytes, relaxed);
  settings_.queue_spans_max.store(options.batch.queue_spans_max.value_or(0), relaxed);
  ring_budget_.set_max(options.rings_bytes_max);
  queued_spans_.store(0, relaxed);
  uint32_t next = generation_.load(relaxed) + 1;
  if (next == 0) next = 1;  // 0 means "none"
  generation_.store(next, relaxed);
  return next;
}

SpanRing* Runtime::make_ring() noexcept {
  constexpr size_t kSmallRingBytes = 256 << 10;
  const size_t wanted = settings_.ring_bytes.load(std::memory_order_relaxed);
  SpanRing* ring = SpanRing::create(wanted, announcer_, ring_budget_);
  if (ring == nullptr) ring = SpanRing::create(kSmallRingBytes, announcer_, ring_budget_);
  // A ring that cannot be registered is a leak of address space and nothing worse: it happens at
  // the millionth thread.
  if (ring != nullptr && !rings_.add(ring)) return nullptr;
  return ring;
}

}  // namespace cero::core
