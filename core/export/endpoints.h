// Endpoints: the backends of one exporter, which of them gets the next request, and how each fares.
//
//   failover     the first that is healthy. One in an outage is sent a probe after each backoff
//                before its successors get anything, so traffic returns as soon as it answers.
//   round_robin  the healthy ones in turn; probes as above.
//
// While none is healthy, probes are all that is sent. A batch that failed at some of them goes to
// another one, if that takes it now. Each endpoint has its own bound on requests under way, so that
// one that hangs takes no room from the others.
#ifndef CERO_CORE_EXPORT_ENDPOINTS_H_
#define CERO_CORE_EXPORT_ENDPOINTS_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "cero/options.h"
#include "export/endpoint_health.h"
#include "export/export_counters.h"
#include "export/size_limit.h"

namespace cero::core {

// A set of endpoints: bit i is the one with index i.
using EndpointSet = uint32_t;
static_assert(Stats::kEndpointsMax <= 32);

struct EndpointState {
  EndpointSet bit() const { return EndpointSet{1} << index; }

  size_t index;      // in the transport and in the statistics
  std::string url;   // all of it, which may hold a secret
  std::string name;  // for the log: "the backend at URL", or its number where there are several
  EndpointHealth health;
  SizeLimit size_limit = {};
  size_t in_flight = 0;
  bool probe_in_flight = false;
  bool refuses_zstd = false;
  bool warned_unreadable = false;
  bool warned_http1 = false;
};

class Endpoints {
 public:
  // Throws std::bad_alloc. `counters` outlives it. `variable`: the one that has set
  // exporter.endpoint, for the log; empty: none has.
  Endpoints(const Exporter& options, ExportCounters& counters, uint32_t seed, TimePoint now,
            std::string_view variable = {});

  size_t size() const { return all_.size(); }
  EndpointState& at(size_t index) { return all_[index]; }

  // The one for a request now, none of `but`; nullptr: none takes one.
  EndpointState* choose(TimePoint now, EndpointSet but = 0);
  // When choose() will find one, if only time passes; TimePoint::max(): an answer must come first.
  TimePoint opens_at(TimePoint now) const;

  // None is healthy.
  bool outage() const { return healthy_count_ == 0; }
  // Whether another endpoint would take a batch that failed at these.
  bool any_open(TimePoint now, EndpointSet but) const;
  bool any_healthy(EndpointSet endpoints) const;
  // How long at least one has been healthy: the clock of Exporter::retry_time_max.
  std::chrono::nanoseconds healthy_time(TimePoint now) const;
  // Answers that were no retryable failure, of whichever of them. While it does not grow, a batch
  // that fails may fail with all others.
  uint64_t answer_count() const { return answer_count_; }
  // Requests that may be under way at once.
  size_t places() const { return all_.size() * in_flight_max_; }
  // Whether the next body may be zstd: those that it may go to have not refused it.
  bool takes_zstd() const;
  // Of the next body, before compression: what fits all that it may go to. UINT32_MAX: any does.
  uint32_t body_bytes_max() const;

  void started(EndpointState& endpoint, bool probe);
  // The request is over, whatever came of it.
  void ended(EndpointState& endpoint, bool probe);
  // As EndpointHealth has it.
  std::optional<std::chrono::nanoseconds> succeeded(EndpointState& endpoint, TimePoint now);
  std::optional<std::chrono::nanoseconds> refused_size(EndpointState& endpoint, TimePoint now,
                                                       bool any_size, bool probe);
  void failed(EndpointState& endpoint, TimePoint now, const Failure& failure);
  // A batch that had failed at these was taken by another one.
  void failed_alone(EndpointSet endpoints, TimePoint now);
  // The wait for one batch that failed failure_count times, at whichever of them.
  std::chrono::nanoseconds batch_delay(EndpointState& endpoint, uint32_t failure_count);
  void skip_backoff(TimePoint now);
  // All requests were aborted.
  void forget_requests();

 private:
  bool has_place(const EndpointState& endpoint) const;
  // Nobody behind it in the order gets a request while it is like this.
  bool holds_traffic(const EndpointState& endpoint, TimePoint now) const;
  const EndpointState& in_turn(size_t step) const { return all_[(next_ + step) % all_.size()]; }
  void count_healthy(TimePoint now);
  // With failover: the one that a body which is made now will go to, as far as anybody knows.
  const EndpointState& in_use() const;

  const bool round_robin_;
  const size_t in_flight_max_;  // of each
  ExportCounters& counters_;
  std::vector<EndpointState> all_;
  size_t next_ = 0;  // the first to be asked; 0 for ever with failover
  uint64_t answer_count_ = 0;
  size_t healthy_count_;
  TimePoint healthy_since_;  // while any is
  std::chrono::nanoseconds healthy_before_{0};
};

}  // namespace cero::core

#endif  // CERO_CORE_EXPORT_ENDPOINTS_H_
