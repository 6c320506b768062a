// Transport: the seam between the export thread and the network. One speaks to all endpoints of an
// exporter.
//
// Threads: one, the export thread, for everything but wakeup().
// Memory:  a body is read where it lies, until its completion or abort_all(). What a Completion
//          points to is valid during the call that hands it over.
// curl_transport.h has the real one, tests/support/fake_transport.h the scripted one.
#ifndef CERO_CORE_HTTP_TRANSPORT_H_
#define CERO_CORE_HTTP_TRANSPORT_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/clock.h"

namespace cero::core {

enum class ContentEncoding { identity, gzip, zstd };

struct Post {
  uint64_t token = 0;   // comes back in the completion; unique among those under way
  size_t endpoint = 0;  // Exporter::endpoint, then Exporter::more_endpoints in their order
  std::string_view body = {};
  ContentEncoding encoding = ContentEncoding::identity;
  // Over none that is open already, since it may be dead; to where the name leads now.
  bool fresh_connection = false;
};

// What a gRPC server says behind its answer, as it wrote it. Empty: it did not.
struct GrpcTrailers {
  std::string_view status = {};   // decimal
  std::string_view message = {};  // percent-encoded
  std::string_view details = {};  // base64 of a google.rpc.Status
};

// How one Post ended: an answer (status != 0), or a failure to get one.
struct Completion {
  uint64_t token = 0;
  int status = 0;
  std::string_view body = {};
  std::string_view content_type = {};
  std::string_view content_encoding = {};
  std::string_view retry_after = {};  // the header's value, empty without one
  GrpcTrailers grpc = {};             // with Protocol::grpc
  std::string_view error = {};        // without an answer: why
  bool retryable = true;  // without an answer: whether the same request may fare better later
  int http_major = 0;     // 1 or 2; 0 when no answer began
  uint32_t repeats = 0;   // how often it was sent again at once, over a new connection
  // Without an answer: Exporter::timeout was over, when so much of the body had gone out.
  bool timed_out = false;
  uint64_t bytes_sent = 0;
};

class CompletionHandler {
 public:
  virtual void on_completion(const Completion& completion) = 0;

 protected:
  ~CompletionHandler() = default;
};

class Transport {
 public:
  virtual ~Transport() = default;

  // False: no memory for it, and there will be no completion.
  [[nodiscard]] virtual bool start(const Post& post) = 0;

  // Moves bytes, and hands over what completed. Returns when something did, after a wakeup(), or at
  // the deadline.
  virtual void poll(TimePoint deadline, CompletionHandler& handler) = 0;

  // From any thread. A call while nobody polls makes the next poll() return at once.
  virtual void wakeup() noexcept = 0;

  // Ends everything under way without completions, at once.
  virtual void abort_all() noexcept = 0;

  // Connections established so far.
  virtual uint64_t connection_count() const noexcept = 0;
};

}  // namespace cero::core

#endif  // CERO_CORE_HTTP_TRANSPORT_H_
