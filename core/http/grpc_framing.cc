#include "http/grpc_framing.h"

#include <cstdint>

#include "base/assert.h"

namespace cero::core {

void set_grpc_prefix(ContentEncoding encoding, std::string* body) {
  CERO_ASSERT(body->size() >= kGrpcPrefixBytes && body->size() - kGrpcPrefixBytes <= UINT32_MAX);
  std::string& bytes = *body;
  const auto length = static_cast<uint32_t>(bytes.size() - kGrpcPrefixBytes);
  bytes[0] = encoding == ContentEncoding::identity ? '\0' : '\1';
  for (size_t i = 0; i < 4; ++i) bytes[1 + i] = static_cast<char>(length >> (24 - 8 * i));
}

std::optional<GrpcMessage> read_grpc_message(std::string_view body) {
  if (body.size() < kGrpcPrefixBytes || static_cast<unsigned char>(body[0]) > 1)
    return std::nullopt;
  uint32_t length = 0;
  for (size_t i = 1; i < kGrpcPrefixBytes; ++i)
    length = length << 8 | static_cast<unsigned char>(body[i]);
  if (length != body.size() - kGrpcPrefixBytes) return std::nullopt;
  return GrpcMessage{body[0] == '\1', body.substr(kGrpcPrefixBytes)};
}

}  // namespace cero::core
