// What a request is answered with, and the ways in which an answer goes wrong.
#ifndef CERO_TOOLS_RECEIVER_REPLY_H_
#define CERO_TOOLS_RECEIVER_REPLY_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "receiver/request.h"

namespace cero::receiver {

inline constexpr std::string_view kTracesPath = "/v1/traces";
inline constexpr std::string_view kProtobufContentType = "application/x-protobuf";

enum class Fault {
  none,
  close,              // the connection ends instead of an answer
  close_after_reply,  // answered; then the connection ends unannounced, as an idle one may
  reset,              // RST_STREAM on HTTP/2, a TCP reset on HTTP/1
  reset_connection,   // a TCP reset on both
  stall,              // never answered; the connection stays
  goaway,             // answered as the last one: GOAWAY, or "connection: close" on HTTP/1
  goaway_refused,     // GOAWAY says this stream was not processed; HTTP/1 closes without answer
  refused_stream,     // RST_STREAM says the same of it alone; HTTP/1 closes without answer
  http1_required,     // RST_STREAM asks for HTTP/1.1; HTTP/1 closes without answer
  stall_body,         // answered, but for the body, which never comes
  truncated,          // half of the body, then the connection ends
  garbage,            // bytes that are no HTTP, then the connection ends
};

struct PartialSuccess {
  int64_t rejected_spans = 0;
  std::string message = {};
};

// How an answer to a gRPC request ends.
struct GrpcStatus {
  int code = 0;
  std::string message = {};
  std::string details = {};     // a google.rpc.Status, for grpc-status-details-bin; empty: not sent
  bool behind_headers = false;  // an error too gets headers, then trailers, instead of both in one
};

struct Reply {
  int status = 200;
  std::vector<Header> headers =
      {};  // beside content-type and content-length, for example retry-after
  std::optional<std::string> body = {};  // unset: the OTLP message that fits the status
  std::string error = {};                // text of that message for a status of 400 and above
  std::optional<PartialSuccess> partial_success = {};
  std::optional<GrpcStatus> grpc =
      {};                   // unset: the one that fits `status`; HTTP does not look at it
  bool plain_http = false;  // a gRPC request too is answered in HTTP, as by a proxy on the way
  std::chrono::milliseconds delay{0};
  Fault fault = Fault::none;
  // Whether the spans count as received. Unset: as the client must conclude from the answer. True
  // beside a reset tells of a backend that stored the spans and could not say so.
  std::optional<bool> accepted = {};
  bool body_is_gzip = false;            // says so, in the header or in gRPC's message
  std::chrono::milliseconds trickle{};  // more than 0: between one byte of the answer and the next
  uint32_t reset_code = 2;              // of Fault::reset on HTTP/2; 2 is INTERNAL_ERROR

  uint64_t spans_counted = 0;  // as received; set when the request is counted
};

// Decides the reply to a well-formed request. Called on the receiver's thread: it must not block.
using RequestHandler = std::function<Reply(const RequestInfo&)>;

Reply error_reply(int status, std::string error);

// The google.rpc.Code that fits an HTTP status.
int rpc_code(int status);

// Whether the answer tells the client that the spans were taken.
bool says_accepted(const Reply& reply);
bool is_accepted(const Reply& reply);

// The body to send: an ExportTraceServiceResponse or a google.rpc.Status unless the reply has one.
std::string reply_body(const Reply& reply);

// "OK" for 200; never empty.
std::string_view reason_phrase(int status);

}  // namespace cero::receiver

#endif  // CERO_TOOLS_RECEIVER_REPLY_H_
