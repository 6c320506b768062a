// Stats: the ledger of one provider, span by span.
//
// A span enters the ledger when it ends ("recorded") and is then, at every quiescent point, in
// exactly one place:
//
//   recorded = exported + rejected + dropped.total() + in_flight
//
// All counters only grow, except in_flight, which is the sum of what the stages hold (it is
// counted, not derived, so that the equation can be checked). While spans move, a reading may be
// off by those that moved during it.
#ifndef CERO_STATS_H_
#define CERO_STATS_H_

#include <array>
#include <cstddef>
#include <cstdint>

namespace cero {

// Why spans were lost. Each dropped span counts under one reason.
struct DroppedSpans {
  // The thread's ring had no room: the pipeline is behind, or queue_spans_max is reached.
  uint64_t ring_full = 0;
  // Larger than Options::span_bytes_max.
  uint64_t span_too_large = 0;
  // No room for the span's bytes (open_spans_bytes_max), its thread's ring (rings_bytes_max), or
  // to encode it.
  uint64_t no_memory = 0;
  // The record did not parse: memory was overwritten.
  uint64_t corrupt = 0;
  // Ended in a signal handler that interrupted cero on the same thread: a start or an end of any
  // span, or a change of this one.
  uint64_t reentrant = 0;
  // Refused for longer than retry_time_max by a backend that was there. An outage does not count.
  uint64_t retry_expired = 0;
  // The backend refused the request for good.
  uint64_t permanent_error = 0;
  // Ended after shutdown, or not delivered by its deadline.
  uint64_t after_shutdown = 0;

  uint64_t total() const noexcept {
    return ring_full + span_too_large + no_memory + corrupt + reentrant + retry_expired +
           permanent_error + after_shutdown;
  }
};

// How one endpoint of the exporter fares. `exported` is its part of Stats::exported; what is
// dropped or rejected is counted for all together.
struct EndpointStats {
  uint64_t exported = 0;
  uint64_t requests = 0;  // attempts made
  uint64_t failures = 0;  // of those: retryable, so that their spans waited or went elsewhere
  bool healthy = false;  // takes requests; false while it is probed, and where there is no endpoint

  friend bool operator==(const EndpointStats&, const EndpointStats&) = default;
};

struct Stats {
  // Exporter::endpoint and Exporter::more_endpoints together.
  static constexpr size_t kEndpointsMax = 8;

  // Recording spans that ended.
  uint64_t recorded = 0;
  // Accepted by the backend.
  uint64_t exported = 0;
  // Refused by the backend in a partial success.
  uint64_t rejected = 0;
  DroppedSpans dropped;
  // In a ring, in a batch, or waiting for an answer or a retry.
  uint64_t in_flight = 0;

  // Outside the ledger: sampled spans that record nothing, since they started while the memory of
  // open spans was used up, on a thread for which there was no memory, or in a signal handler that
  // interrupted cero on the same thread (such a span's context is invalid); or in a forked child
  // that could not start its threads yet.
  uint64_t non_recording_no_memory = 0;

  // Parts of recorded spans that a limit dropped.
  uint64_t attributes_dropped = 0;
  uint64_t events_dropped = 0;
  uint64_t links_dropped = 0;
  // Spans whose clock went backwards between start and end; their end was set to their start.
  uint64_t negative_durations = 0;

  // The sender.
  uint64_t requests = 0;         // attempts made, retries included
  uint64_t retries = 0;          // attempts that repeated an earlier one
  uint64_t bytes_encoded = 0;    // request bodies before compression, counted once per batch
  uint64_t bytes_wire = 0;       // request bodies as sent, counted at each attempt
  uint64_t connections = 0;      // connections opened
  uint64_t http1_responses = 0;  // answers over HTTP/1.x
  uint64_t http2_responses = 0;  // answers over HTTP/2
  // Exporter::endpoint first, then Exporter::more_endpoints in their order.
  std::array<EndpointStats, kEndpointsMax> endpoints = {};

  // CPU time of the background threads, nanoseconds.
  uint64_t batch_cpu_ns = 0;
  uint64_t export_cpu_ns = 0;
};

}  // namespace cero

#endif  // CERO_STATS_H_
