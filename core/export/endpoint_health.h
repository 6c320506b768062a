// EndpointHealth: whether an endpoint takes requests now, one probe at a time, or not before some
// moment.
//
// A failure belongs to its batch as long as the endpoint takes others beside it. So one batch that
// fails closes nothing: it waits alone, and the next one goes out. What closes the endpoint:
//
//   state     one more batch fails     kOutageBatches different ones in a row,   any other answer
//                                      a Retry-After, or one that failed here
//                                      is taken elsewhere
//   healthy   suspect                  outage                                    healthy
//   suspect   suspect                  outage                                    healthy
//   outage    a probe: the next one    a Retry-After: closed until then          healthy
//             after a longer backoff
//
// A suspect endpoint takes requests as a healthy one does. What is under way when an outage begins
// fails with it and says nothing new. Nor does the failure of a batch that is known to fail by its
// own fault.
//
// One that finds single spans too large that are no larger than what it took, kSingleRefusals in a
// row with none taken in between, finds everything too large, and is in an outage as well: such a
// probe makes the next backoff longer. One that is larger says nothing, and the next one goes out
// at once.
//
// A delay that the server asked for closes the endpoint in any state, and nothing opens it sooner.
#ifndef CERO_CORE_EXPORT_ENDPOINT_HEALTH_H_
#define CERO_CORE_EXPORT_ENDPOINT_HEALTH_H_

#include <array>
#include <chrono>
#include <cstddef>
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

// An attempt that failed and may be repeated.
struct Failure {
  uint64_t batch = 0;  // its number
  bool probe = false;  // the attempt began during the outage
  // The batch's: it failed before and others were taken since, or at another endpoint in use.
  bool own_fault = false;
  std::optional<AskedDelay> asked = {};
  // Somebody waits: the longest backoff; one that it cuts makes the next one no longer.
  std::chrono::nanoseconds delay_max = std::chrono::nanoseconds::max();
};

class EndpointHealth {
 public:
  // A backend that answers 503 to one request in two at random fails so many in a row once in 500
  // requests; one that is away costs so many requests before it is known to be.
  static constexpr size_t kOutageBatches = 8;

  EndpointHealth(RetryPolicy policy, uint32_t seed) : policy_(policy), random_(seed) {}

  static constexpr uint32_t kSingleRefusals = 3;

  bool healthy() const { return !outage_began_; }  // or suspect
  // No request may start before it. In an outage it is the time of the next probe.
  TimePoint opens_at() const;

  // The server answered, and the answer was no retryable failure. Returns how long the outage
  // lasted that ended by it.
  std::optional<std::chrono::nanoseconds> succeeded(TimePoint now);
  void failed(TimePoint now, const Failure& failure);
  // The server answered that the request is too large. `any_size`: it was a single span, and no
  // larger than what the server took before. Returns as succeeded().
  std::optional<std::chrono::nanoseconds> refused_size(TimePoint now, bool any_size, bool probe);
  // A batch that failed here was taken elsewhere: the fault is this endpoint's, unless it has taken
  // others since.
  void failed_alone(TimePoint now);
  // The wait for one batch that failed failure_count times while others did not.
  std::chrono::nanoseconds batch_delay(uint32_t failure_count);
  // Opens now, but for a delay that the server asked for.
  void skip_backoff(TimePoint now);

 private:
  std::optional<std::chrono::nanoseconds> answered(TimePoint now);
  bool is_outage_with(uint64_t batch);
  void delay_probe(TimePoint now, const Failure& failure);
  std::chrono::nanoseconds probe_delay(const std::optional<AskedDelay>& asked);
  double random();

  const RetryPolicy policy_;
  std::minstd_rand random_;
  std::array<uint64_t, kOutageBatches> failed_in_a_row_{};  // the batches' numbers
  size_t failed_in_a_row_count_ = 0;                        // 0: nobody suspects it
  uint32_t single_refusals_ = 0;                            // in a row
  uint32_t failure_count_ = 0;                              // of probes, and what led to them
  std::optional<TimePoint> outage_began_;
  TimePoint probe_at_{};
  TimePoint asked_until_{};
};

}  // namespace cero::core

#endif  // CERO_CORE_EXPORT_ENDPOINT_HEALTH_H_
