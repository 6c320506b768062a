// gRPC's frame around the one message of a request or an answer:
//   1 byte  0: as it is, 1: compressed as the grpc-encoding header says
//   4 bytes the message's length, big-endian
#ifndef CERO_CORE_HTTP_GRPC_FRAMING_H_
#define CERO_CORE_HTTP_GRPC_FRAMING_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "http/transport.h"

namespace cero::core {

inline constexpr size_t kGrpcPrefixBytes = 5;

// Fills in the prefix of a body whose message lies behind room for it.
void set_grpc_prefix(ContentEncoding encoding, std::string* body);

struct GrpcMessage {
  bool compressed = false;
  std::string_view bytes;
};

// nullopt: the body is not exactly one message.
std::optional<GrpcMessage> read_grpc_message(std::string_view body);

}  // namespace cero::core

#endif  // CERO_CORE_HTTP_GRPC_FRAMING_H_
