// Stats: the ledger of one provider, span by span.
//
// A span enters the ledger when it ends ("recorded") and is then, at every quiescent point, in
// exactly one place:
//
//   recorded = exported + rejected + dropped.total() + in_flight
//
// Counters only grow. in_flight is the sum of what the stages hold: it is counted, not derived, so
// that the equation can be checked. While spans move, a reading may be off by those that moved
// during it.
//
// Three lists below are the home of all names, units and meanings; everything else about them is
// made from the lists: the fields here, the stages' counters, the tools' JSON, Python's Stats,
// docs/reliability.md. Stats::visit() gives each number with its name, unit and meaning, so that a
// page for a monitoring system is a loop. A program may use the lists itself, with a macro X of its
// own.
#ifndef CERO_STATS_H_
#define CERO_STATS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

// X(name, description): why a span was lost. The description goes on from "the span ...".
// To add a reason, add a row, count it where it happens (a stage's counters have a cell for it),
// and run ./dev tables for the pages.
#define CERO_DROP_REASONS(X)                                                                     \
  X(ring_full,                                                                                   \
    "found the pipeline behind: its thread's ring or queue_spans_max was full, or the rings' "   \
    "memory lent to the retry buffer. Overload and outages beyond the buffers end here (where "  \
    "all rings together are full, in no_memory); it is the newest span that is dropped")         \
  X(span_too_large, "is larger than span_bytes_max")                                             \
  X(no_memory,                                                                                   \
    "found no memory for its bytes (open_spans_bytes_max), its thread's ring (rings_bytes_max) " \
    "or its request")                                                                            \
  X(corrupt, "did not parse when it was drained: somebody wrote over memory")                    \
  X(reentrant,                                                                                   \
    "was ended by a signal handler that had interrupted cero on the same thread: a start or an " \
    "end of any span, or a change of this one")                                                  \
  X(retry_expired,                                                                               \
    "failed again and again for retry_time_max while the backend took others, or had to make "   \
    "room for them in a full retry buffer; an outage does not count")                            \
  X(permanent_error,                                                                             \
    "was in a request that the backend refused for good, or answered with more than "            \
    "response_bytes_max")                                                                        \
  X(after_shutdown, "ended after shutdown, or was not delivered by its deadline")

// X(name, kind, unit, description): what else is counted. The kind is counter (it only grows) or
// gauge; the unit is written as UCUM and OpenTelemetry write it. To add one, do as for a reason.
#define CERO_COUNTERS(X)                                                                         \
  X(recorded, counter, "{span}", "Recording spans that ended")                                   \
  X(exported, counter, "{span}", "Spans that the backend took, and said so")                     \
  X(rejected, counter, "{span}", "Spans that the backend turned down in a partial success")      \
  X(in_flight, gauge, "{span}",                                                                  \
    "Spans in a ring, in a batch, or waiting for an answer or a retry")                          \
  X(non_recording_no_memory, counter, "{span}",                                                  \
    "Sampled spans that recorded nothing, and so are outside the ledger: at their start the "    \
    "memory of open spans was used up, their thread had none, a signal handler had interrupted " \
    "cero on the same thread (the span's context is then invalid), or a forked child could not " \
    "start its threads yet")                                                                     \
  X(tracers_refused, counter, "{tracer}",                                                        \
    "Calls of get_tracer() whose tracer records nothing, and counts no span: the process had "   \
    "10,000 different tracers already, or no memory for another")                                \
  X(attributes_dropped, counter, "{attribute}", "Attributes of recorded spans beyond a limit")   \
  X(events_dropped, counter, "{event}", "Events of recorded spans beyond a limit")               \
  X(links_dropped, counter, "{link}", "Links of recorded spans beyond a limit")                  \
  X(negative_durations, counter, "{span}",                                                       \
    "Spans that ended before their start, since the clock went backwards (the end was set to "   \
    "the start) or the times given to them say so (they are kept)")                              \
  X(requests, counter, "{request}", "Attempts to send a request, retries included")              \
  X(retries, counter, "{request}", "Attempts that repeated an earlier one")                      \
  X(bytes_encoded, counter, "By", "Request bodies before compression, counted once per batch")   \
  X(bytes_wire, counter, "By", "Request bodies as sent, counted at each attempt")                \
  X(uncompressed_bodies, counter, "{body}",                                                      \
    "Request bodies left uncompressed in an overrun (uncompressed_when_overrun), counted once "  \
    "per batch")                                                                                 \
  X(uncompressed_spans, counter, "{span}", "Spans in these bodies")                              \
  X(connections, counter, "{connection}", "Connections opened")                                  \
  X(http1_responses, counter, "{response}", "Answers over HTTP/1.x")                             \
  X(http2_responses, counter, "{response}", "Answers over HTTP/2")                               \
  X(unreadable_responses, counter, "{response}",                                                 \
    "Answers of success whose body is no OTLP: their spans count as exported, though whoever "   \
    "answered may be no OTLP backend")                                                           \
  X(endpoint_count, gauge, "{endpoint}", "Endpoints that the exporter has")                      \
  X(batch_cpu_ns, counter, "ns", "CPU time of the thread cero-batch")                            \
  X(export_cpu_ns, counter, "ns", "CPU time of the thread cero-export")

// X(type, name, kind, unit, description): the same for each endpoint of the exporter.
#define CERO_ENDPOINT_COUNTERS(X)                                                               \
  X(uint64_t, exported, counter, "{span}",                                                      \
    "Spans that this endpoint took; what was dropped or rejected is counted for all together")  \
  X(uint64_t, requests, counter, "{request}", "Attempts made at this endpoint")                 \
  X(uint64_t, failures, counter, "{request}",                                                   \
    "Attempts that failed and could be repeated, so that their spans waited or went elsewhere") \
  X(bool, healthy, gauge, "1", "Whether it takes requests; it does not while it is probed")

namespace cero {

enum class StatKind : uint8_t { counter, gauge };

// What a number of the ledger is.
struct StatInfo {
  std::string_view name;  // its field's; of a reason "dropped.ring_full" and the like
  StatKind kind;
  std::string_view unit;
  std::string_view description;
};

#define CERO_REASON(name, description) name,
enum class DropReason : uint8_t { CERO_DROP_REASONS(CERO_REASON) };
#undef CERO_REASON

// Why spans were lost: a field for each reason. Each dropped span counts under one.
struct DroppedSpans {
#define CERO_FIELD(name, description) uint64_t name = 0;
  CERO_DROP_REASONS(CERO_FIELD)
#undef CERO_FIELD

  uint64_t total() const noexcept;
  uint64_t& operator[](DropReason reason) noexcept;
  uint64_t operator[](DropReason reason) const noexcept;
  DroppedSpans& operator+=(const DroppedSpans& other) noexcept;
};

struct DropReasonInfo {
  std::string_view name;
  std::string_view description;
  uint64_t DroppedSpans::*count;
};

// Every reason in the order of the enum.
#define CERO_INFO(name, description) DropReasonInfo{#name, description, &DroppedSpans::name},
inline constexpr std::array kDropReasons{CERO_DROP_REASONS(CERO_INFO)};
#undef CERO_INFO

constexpr std::string_view name_of(DropReason reason) noexcept {
  return kDropReasons[static_cast<size_t>(reason)].name;
}

// How one endpoint of the exporter fares.
struct EndpointStats {
#define CERO_FIELD(type, name, kind, unit, description) type name = {};
  CERO_ENDPOINT_COUNTERS(CERO_FIELD)
#undef CERO_FIELD

  // Calls visitor(const StatInfo&, value) for each field; a flag is a bool, or 0 and 1.
  template <typename Visitor>
  void visit(Visitor&& visitor) const {
#define CERO_VISIT(type, name, kind, unit, description) \
  visitor(StatInfo{#name, StatKind::kind, unit, description}, name);
    CERO_ENDPOINT_COUNTERS(CERO_VISIT)
#undef CERO_VISIT
  }

  friend bool operator==(const EndpointStats&, const EndpointStats&) = default;
};

struct Stats {
  // Exporter::endpoint and Exporter::more_endpoints together.
  static constexpr size_t kEndpointsMax = 8;

#define CERO_FIELD(name, kind, unit, description) uint64_t name = 0;
  CERO_COUNTERS(CERO_FIELD)
#undef CERO_FIELD
  DroppedSpans dropped;
  // Exporter::endpoint first, then Exporter::more_endpoints in their order: endpoint_count of them.
  std::array<EndpointStats, kEndpointsMax> endpoints = {};

  // Calls visitor(const StatInfo&, uint64_t) for each counter, in the order of the list, and then
  // for each reason of `dropped`. With a Stats that is not const, the number may be changed.
  template <typename Visitor>
  void visit(Visitor&& visitor) const {
    visit_all(*this, visitor);
  }
  template <typename Visitor>
  void visit(Visitor&& visitor) {
    visit_all(*this, visitor);
  }

  // Adds what another provider, or another process, counted. The endpoints stay as they are: those
  // of another provider are others.
  Stats& operator+=(const Stats& other) noexcept;

 private:
  template <typename Self, typename Visitor>
  static void visit_all(Self& self, Visitor& visitor) {
#define CERO_VISIT(name, kind, unit, description) \
  visitor(StatInfo{#name, StatKind::kind, unit, description}, self.name);
    CERO_COUNTERS(CERO_VISIT)
#undef CERO_VISIT
#define CERO_VISIT(name, description) \
  visitor(StatInfo{"dropped." #name, StatKind::counter, "{span}", description}, self.dropped.name);
    CERO_DROP_REASONS(CERO_VISIT)
#undef CERO_VISIT
  }
};

inline uint64_t DroppedSpans::total() const noexcept {
  uint64_t sum = 0;
  for (const DropReasonInfo& reason : kDropReasons) sum += this->*reason.count;
  return sum;
}

inline uint64_t& DroppedSpans::operator[](DropReason reason) noexcept {
  return this->*kDropReasons[static_cast<size_t>(reason)].count;
}

inline uint64_t DroppedSpans::operator[](DropReason reason) const noexcept {
  return this->*kDropReasons[static_cast<size_t>(reason)].count;
}

inline DroppedSpans& DroppedSpans::operator+=(const DroppedSpans& other) noexcept {
  for (const DropReasonInfo& reason : kDropReasons) this->*reason.count += other.*reason.count;
  return *this;
}

inline Stats& Stats::operator+=(const Stats& other) noexcept {
  const uint64_t own_endpoints = endpoint_count;
#define CERO_ADD(name, kind, unit, description) name += other.name;
  CERO_COUNTERS(CERO_ADD)
#undef CERO_ADD
  endpoint_count = own_endpoints;
  dropped += other.dropped;
  return *this;
}

}  // namespace cero

#endif  // CERO_STATS_H_
