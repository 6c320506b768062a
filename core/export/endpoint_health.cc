#include "export/endpoint_health.h"

#include <algorithm>

namespace cero::core {

TimePoint EndpointHealth::opens_at() const {
  return healthy() ? asked_until_ : std::max(probe_at_, asked_until_);
}

std::optional<std::chrono::nanoseconds> EndpointHealth::succeeded(TimePoint now) {
  failure_count_ = 0;
  if (healthy()) return std::nullopt;
  const auto lasted = now - *outage_began_;
  outage_began_.reset();
  return lasted;
}

void EndpointHealth::failed(TimePoint now, bool probe, std::optional<AskedDelay> asked) {
  if (asked) asked_until_ = std::max(asked_until_, now + asked->time);
  if (!healthy() && !probe) return;
  if (healthy()) outage_began_ = now;
  ++failure_count_;
  probe_at_ = now + probe_delay(asked);
}

std::chrono::nanoseconds EndpointHealth::probe_delay(std::optional<AskedDelay> asked) {
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
