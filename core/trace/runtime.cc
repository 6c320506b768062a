#include "trace/runtime.h"

#include <algorithm>

#include "base/errno_kept.h"
#include "base/fork.h"
#include "base/utf8.h"

namespace cero::core {
namespace {

constexpr std::chrono::seconds kRenewalInterval{1};

// Whether this thread is making a pipeline: a handler that interrupted it must not wait for it.
constinit thread_local bool inside_renewal = false;

}  // namespace

uint32_t queue_wake_spans(const BatchOptions& options) noexcept {
  return std::clamp<uint32_t>(options.queue_spans_max.value_or(0) / 2, 1, options.spans_max);
}

uint32_t Runtime::prepare(const Options& options) noexcept {
  using enum std::memory_order;
  CERO_ASSERT(live_.load(relaxed) == 0 && inherited_.load(relaxed) == 0);
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
  settings_.ring_record_bytes_max.store(std::min(options.span_bytes_max, kRingRecordBytesMax),
                                        relaxed);
  settings_.ring_bytes.store(options.ring_bytes, relaxed);
  const uint32_t queue_spans_max = options.batch.queue_spans_max.value_or(0);
  settings_.queue_spans_max.store(queue_spans_max, relaxed);
  settings_.queue_spans_wake.store(queue_wake_spans(options.batch), relaxed);
  ring_budget_.set_max(*options.rings_bytes_max);
  queued_spans_.store(0, relaxed);
  uint32_t next = generation_.load(relaxed) + 1;
  if (next == 0) next = 1;  // 0 means "none"
  generation_.store(next, relaxed);
  return next;
}

// A ring finds its own bytes urgent; of spans in many rings nobody but this one knows.
Runtime::QueueEntry Runtime::enter_queue() noexcept {
  using enum std::memory_order;
  const uint32_t spans_max = settings_.queue_spans_max.load(relaxed);
  if (queued_spans_.fetch_add(1, relaxed) >= int64_t{spans_max}) {
    leave_queue(1);
    return QueueEntry::refused;
  }
  const uint32_t entered = entered_spans_.fetch_add(1, relaxed) + 1;
  const bool urgent = entered % settings_.queue_spans_wake.load(relaxed) == 0;
  return urgent ? QueueEntry::urgent : QueueEntry::entered;
}

void Runtime::end_life() noexcept {
  const std::lock_guard lock(renewal_mutex_);
  inherited_.store(0, std::memory_order_release);
  live_.store(0, std::memory_order_release);
}

void Runtime::set_renewer(Renewer* renewer) noexcept {
  const std::lock_guard lock(renewal_mutex_);
  renewer_ = renewer;
}

void Runtime::begin_child() noexcept {
  using enum std::memory_order;
  make_anew(renewal_mutex_);
  next_renewal_ = {};
  // One that this process's parent has itself inherited, and not used, stays so.
  if (const uint32_t live = live_.load(relaxed); live != 0) inherited_.store(live, relaxed);
  live_.store(0, relaxed);
  counters_.reset();
  queued_spans_.store(0, relaxed);
  rings_.begin_child();
  ring_budget_.begin_child();
}

Runtime::Renewal Runtime::renew(uint32_t generation) noexcept {
  if (!is_inherited(generation)) return is_live(generation) ? Renewal::live : Renewal::over;  // E2
  if (inside_renewal) return Renewal::reentrant;
  const ErrnoKept errno_kept;
  inside_renewal = true;
  std::atomic_signal_fence(std::memory_order_seq_cst);
  const Renewal renewal = renew_once(generation);
  std::atomic_signal_fence(std::memory_order_seq_cst);
  inside_renewal = false;
  return renewal;
}

Runtime::Renewal Runtime::renew_once(uint32_t generation) noexcept {
  const std::lock_guard lock(renewal_mutex_);
  if (!is_inherited(generation)) return is_live(generation) ? Renewal::live : Renewal::over;
  if (renewer_ == nullptr) return Renewal::over;
  if (std::chrono::steady_clock::now() < next_renewal_) return Renewal::failed;
  if (!renewer_->renew()) {
    next_renewal_ = std::chrono::steady_clock::now() + kRenewalInterval;
    return Renewal::failed;
  }
  go_live();
  inherited_.store(0, std::memory_order_release);  // E2
  return Renewal::live;
}

SpanRing* Runtime::make_ring() noexcept {
  const ErrnoKept errno_kept;
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
