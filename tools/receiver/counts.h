// What has been received so far.
#ifndef CERO_TOOLS_RECEIVER_COUNTS_H_
#define CERO_TOOLS_RECEIVER_COUNTS_H_

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

// X(name, description): what is counted. To add a number, add a row, and count it in Intake.
#define CERO_RECEIVER_COUNTERS(X)                                                     \
  X(spans, "in requests that were accepted, less those a reply rejected")             \
  X(unique_spans, "distinct (trace id, span id) among `spans`; 0 when not asked for") \
  X(requests, "all, refused ones too")                                                \
  X(bytes, "of request bodies, as sent")                                              \
  X(connections, "that sent at least a byte (after the handshake, with TLS)")         \
  X(refused_spans, "in well-formed requests, not taken, whatever was answered")       \
  X(rejected_spans, "in well-formed requests, rejected in a partial success")         \
  X(unconfirmed_spans,                                                                \
    "those of `spans` that the client could not know of (no answer says so, or it had gone)")

namespace cero::receiver {

struct Counts {
#define CERO_FIELD(name, description) uint64_t name = 0;
  CERO_RECEIVER_COUNTERS(CERO_FIELD)
#undef CERO_FIELD
  std::map<std::string, uint64_t> http_versions = {};  // requests by version
  std::map<std::string, uint64_t> faults = {};  // how often each action of a fault script was taken

  Counts& operator+=(const Counts& more);
};

// One JSON object with the fields above under their names.
std::string to_json(const Counts& counts);

// Written by the loop thread, read and waited on by any.
class SharedCounts {
 public:
  void add(const Counts& more);

  Counts snapshot() const;
  bool wait_for_spans(uint64_t spans, std::chrono::steady_clock::time_point deadline) const;
  bool wait_for_requests(uint64_t requests, std::chrono::steady_clock::time_point deadline) const;

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  Counts counts_;
};

}  // namespace cero::receiver

#endif  // CERO_TOOLS_RECEIVER_COUNTS_H_
