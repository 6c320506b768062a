// gRPC's unary calls as they lie on HTTP/2: which request is one, its message, and what ends the
// answer.
#ifndef CERO_TOOLS_RECEIVER_GRPC_H_
#define CERO_TOOLS_RECEIVER_GRPC_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "receiver/reply.h"
#include "receiver/request.h"

namespace cero::receiver {

inline constexpr std::string_view kGrpcTracesPath =
    "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
inline constexpr std::string_view kGrpcContentType = "application/grpc";

// By its content type, "application/grpc" or "application/grpc+proto".
bool is_grpc(const Request& request);

struct GrpcMessage {
  bool is_compressed = false;  // as the grpc-encoding header says
  std::string_view bytes;
};

// Nothing unless the body is exactly one message with its length in front.
std::optional<GrpcMessage> read_grpc_message(std::string_view body);

// The message as a body, its length in front.
std::string grpc_body(const GrpcMessage& message);

// The status that ends the answer, given by the reply or the one that fits its HTTP status.
GrpcStatus grpc_status(const Reply& reply);

// The status as trailers.
std::vector<Header> grpc_trailers(const GrpcStatus& status);

}  // namespace cero::receiver

#endif  // CERO_TOOLS_RECEIVER_GRPC_H_
