// EndpointHealth: whether an endpoint takes requests now, one probe at a time, or not before some
// moment.
//
//   healthy ── retryable failure ──> outage: one probe after each backoff
//      ^──────── any other answer ───────┘
//
// A delay that the server asked for closes the endpoint in either state, and nothing opens it
// sooner.
#ifndef CERO_CORE_EXPORT_ENDPOINT_HEALTH_H_
#define CERO_CORE_EXPORT_ENDPOINT_HEALTH_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <random>

#include "base/clock.h"
#include "export/retry_policy.h"

namespace cero::core {

// How long a server asked to be left alone.
struct AskedDelay {
  std::chrono::nanoseconds time;
  bool grows = false;  // it is the least: from failure to failure the wait grows from it
};

class EndpointHealth {
 public:
  EndpointHealth(RetryPolicy policy, uint32_t seed) : policy_(policy), random_(seed) {}

  bool healthy() const { return !outage_began_; }
  // No request may start before it. In an outage it is the time of the next probe.
  TimePoint opens_at() const;

  // The server answered, and the answer was no retryable failure. Returns how long the outage
  // lasted that ended by it.
  std::optional<std::chrono::nanoseconds> succeeded(TimePoint now);
  // `probe`: the attempt began during the outage. Others fail with it and say nothing new.
  void failed(TimePoint now, bool probe, std::optional<AskedDelay> asked);
  // The wait for one batch that failed failure_count times while others did not.
  std::chrono::nanoseconds batch_delay(uint32_t failure_count);
  // Opens now, but for a delay that the server asked for.
  void skip_backoff(TimePoint now);

 private:
  std::chrono::nanoseconds probe_delay(std::optional<AskedDelay> asked);
  double random();

  const RetryPolicy policy_;
  std::minstd_rand random_;
  uint32_t failure_count_ = 0;  // in a row
  std::optional<TimePoint> outage_began_;
  TimePoint probe_at_{};
  TimePoint asked_until_{};
};

}  // namespace cero::core

#endif  // CERO_CORE_EXPORT_ENDPOINT_HEALTH_H_
