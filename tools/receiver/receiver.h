// Receiver: an OTLP traces backend in one thread, for tests, demos and a look at one's own
// spans.
//
// Speaks HTTP/1.1 and HTTP/2 on each port: in the clear (HTTP/2 with prior knowledge) or over TLS
// (by ALPN). What comes over HTTP/2 may be OTLP/gRPC. Counts spans and distinct ids without
// building messages, and answers as `on_request` says.
//
// Threads: every method from any thread. `on_request` runs on the receiver's thread and must not
//          block.
// Bounds:  bodies by `body_bytes_max`; kept requests and ids grow until they are taken or it is
//          destroyed.
// Errors:  start() returns a Result; a bad request is answered and counted.
#ifndef CERO_TOOLS_RECEIVER_RECEIVER_H_
#define CERO_TOOLS_RECEIVER_RECEIVER_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cero/result.h"
#include "receiver/counts.h"
#include "receiver/fault_script.h"
#include "receiver/listen_address.h"
#include "receiver/reply.h"
#include "receiver/request.h"
#include "receiver/request_log.h"

namespace cero::receiver {

struct ReceiverOptions {
  std::vector<ListenAddress> listeners = {};  // none: 127.0.0.1 without TLS, any free port
  bool http2 = true;                          // false: HTTP/1.1 alone, by ALPN too

  std::string certificate_file = {};  // PEM, for the TLS listeners; empty: a throwaway CA and leaf
  std::string key_file = {};          // PEM
  std::string client_ca_file = {};    // PEM; set: TLS clients must have a certificate of this CA

  RequestHandler on_request =
      {};  // decides the reply to each well-formed request; unset: accepts all
  std::optional<FaultScript> faults = {};  // comes before on_request, which gets what it lets pass
  bool keep_requests = false;              // for take_requests()
  bool count_unique = true;                // 16 to 53 bytes for each distinct span
  size_t body_bytes_max = size_t{64} * 1024 * 1024;  // as sent, and again when inflated
};

class Receiver {
 public:
  // Listens when it returns.
  static Result<std::unique_ptr<Receiver>> start(ReceiverOptions options);
  ~Receiver();

  // One for each listener in their order, with the real port and the path.
  const std::vector<std::string>& urls() const;
  // The throwaway CA's certificate; empty without TLS or with a certificate of the user's.
  const std::string& ca_certificate_pem() const;

  // A request is counted before it is answered: whoever has the answer finds it in here.
  Counts counts() const;
  // False when the time is over first.
  bool wait_for_spans(uint64_t spans, std::chrono::milliseconds timeout) const;
  bool wait_for_requests(uint64_t requests, std::chrono::milliseconds timeout) const;
  // Those since the last call, in the order they were decided.
  std::vector<ReceivedRequest> take_requests();

  // Closes all listeners and connections. Counts and kept requests stay. The destructor calls it.
  void stop();

 private:
  class Parts;

  explicit Receiver(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace cero::receiver

#endif  // CERO_TOOLS_RECEIVER_RECEIVER_H_
