// What has been received so far.
#ifndef CERO_TOOLS_RECEIVER_COUNTS_H_
#define CERO_TOOLS_RECEIVER_COUNTS_H_

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

namespace cero::receiver {

struct Counts {
  uint64_t spans = 0;         // in requests that were accepted, less those a reply rejected
  uint64_t unique_spans = 0;  // distinct (trace id, span id) in them; 0 when not asked for
  uint64_t requests = 0;      // all, refused ones too
  uint64_t bytes = 0;         // of request bodies, as sent
  uint64_t connections = 0;   // that sent at least a byte (after the handshake, with TLS)
  std::map<std::string, uint64_t> http_versions;  // requests by version

  // In well-formed requests: not taken, whatever was answered; rejected in a partial success; and
  // those of `spans` that the client could not know of (no answer says so, or it had gone).
  uint64_t refused_spans = 0;
  uint64_t rejected_spans = 0;
  uint64_t unconfirmed_spans = 0;
  std::map<std::string, uint64_t> faults;  // how often each action of a fault script was taken
};

// One JSON object with the fields above under their names.
std::string to_json(const Counts& counts);

// Written by the loop thread, read and waited on by any.
class SharedCounts {
 public:
  struct RequestCounts {
    uint64_t spans = 0;
    uint64_t unique_spans = 0;  // the total after this request
    uint64_t bytes = 0;
    uint64_t refused_spans = 0;
    uint64_t rejected_spans = 0;
    uint64_t unconfirmed_spans = 0;
  };

  void add_connection();
  void add_request(const std::string& http_version, const RequestCounts& request);
  void add_unconfirmed(uint64_t spans);
  void add_fault(const std::string& action);

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
