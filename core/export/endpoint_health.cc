#include "export/endpoint_health.h"

#include <algorithm>

namespace cero::core {

TimePoint EndpointHealth::opens_at() const {
  return healthy() ? asked_until_ : std::max(probe_at_, asked_until_);
}

std::optional<std::chrono::nanoseconds> EndpointHealth::succeeded(TimePoint now) {
  single_refusals_ = 0;
  return answered(now);
}

std::optional<std::chrono::nanoseconds> EndpointHealth::refused_size(TimePoint now, bool any_size,
                                                                     bool probe) {
  if (any_size) ++single_refusals_;
  if (single_refusals_ < kSingleRefusals) return answered(now);
  if (!any_size || (!healthy() && !probe)) return std::nullopt;
  if (healthy()) outage_began_ = now;
  delay_probe(now, {});
  return std::nullopt;
}

std::optional<std::chrono::nanoseconds> EndpointHealth::answered(TimePoint now) {
  failure_count_ = 0;
  failed_in_a_row_count_ = 0;
  if (healthy()) return std::nullopt;
  const auto lasted = now - *outage_began_;
  outage_began_.reset();
  return lasted;
}

void EndpointHealth::failed(TimePoint now, const Failure& failure) {
  if (failure.asked) asked_until_ = std::max(asked_until_, now + failure.asked->time);
  if (!healthy()) {
    if (failure.probe) delay_probe(now, failure);
    return;
  }
  if (!failure.asked && (failure.own_fault || !is_outage_with(failure.batch))) return;
  outage_began_ = now;
  delay_probe(now, failure);
}

void EndpointHealth::failed_alone(TimePoint now) {
  if (!healthy() || failed_in_a_row_count_ == 0) return;
  outage_began_ = now;
  delay_probe(now, {});
}

// Notes the batch, each once.
bool EndpointHealth::is_outage_with(uint64_t batch) {
  const auto noted_end = failed_in_a_row_.begin() + static_cast<ptrdiff_t>(failed_in_a_row_count_);
  if (std::find(failed_in_a_row_.begin(), noted_end, batch) != noted_end) return false;
  failed_in_a_row_[failed_in_a_row_count_++] = batch;
  return failed_in_a_row_count_ == kOutageBatches;
}

void EndpointHealth::delay_probe(TimePoint now, const Failure& failure) {
  ++failure_count_;
  auto delay = probe_delay(failure.asked);
  if (delay > failure.delay_max) {
    delay = failure.delay_max;
    --failure_count_;
  }
  probe_at_ = now + delay;
}

std::chrono::nanoseconds EndpointHealth::probe_delay(const std::optional<AskedDelay>& asked) {
  if (!asked) return policy_.delay(failure_count_, random());
  if (!asked->grows) return asked->time;
  return policy_.delay_from(asked->time, failure_count_, random());
}

std::chrono::nanoseconds EndpointHealth::batch_delay(uint32_t failure_count) {
  return policy_.delay(failure_count, random());
}

void EndpointHealth::skip_backoff(TimePoint now) { probe_at_ = std::min(probe_at_, now); }

double EndpointHealth::random() {
  return static_cast<double>(random_() - random_.min()) /
         (static_cast<double>(random_.max() - random_.min()) + 1);
}

}  // namespace cero::core
