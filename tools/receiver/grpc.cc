#include "receiver/grpc.h"

#include <openssl/evp.h>

#include <cstdint>

namespace cero::receiver {
namespace {

constexpr size_t kPrefixBytes = 5;

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    if (c >= ' ' && c <= '~' && c != '%') {
      encoded += c;
      continue;
    }
    const auto byte = static_cast<uint8_t>(c);
    encoded.append({'%', kDigits[byte >> 4], kDigits[byte & 15]});
  }
  return encoded;
}

std::string base64(std::string_view bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');  // OpenSSL ends it with a zero
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                   reinterpret_cast<const unsigned char*>(bytes.data()),
                                   static_cast<int>(bytes.size()));
  text.resize(static_cast<size_t>(size));
  return text;
}

}  // namespace

bool is_grpc(const Request& request) {
  const std::string_view type = header_value(request.headers, "content-type");
  if (request.http_version != "2" || !type.starts_with(kGrpcContentType)) return false;
  const std::string_view rest = type.substr(kGrpcContentType.size());
  return rest.empty() || rest.front() == '+' || rest.front() == ';';
}

std::optional<GrpcMessage> read_grpc_message(std::string_view body) {
  if (body.size() < kPrefixBytes || (body[0] != 0 && body[0] != 1)) return std::nullopt;
  size_t length = 0;
  for (const char c : body.substr(1, 4)) length = length * 256 + static_cast<uint8_t>(c);
  if (length != body.size() - kPrefixBytes) return std::nullopt;
  return GrpcMessage{.is_compressed = body[0] == 1, .bytes = body.substr(kPrefixBytes)};
}

std::string grpc_body(const GrpcMessage& message) {
  std::string body(1, message.is_compressed ? '\1' : '\0');
  const size_t size = message.bytes.size();
  for (int shift = 24; shift >= 0; shift -= 8) body += static_cast<char>(size >> shift);
  return body.append(message.bytes);
}

GrpcStatus grpc_status(const Reply& reply) {
  if (reply.grpc) return *reply.grpc;
  return {.code = rpc_code(reply.status), .message = reply.error};
}

std::vector<Header> grpc_trailers(const GrpcStatus& status) {
  std::vector<Header> trailers{{"grpc-status", std::to_string(status.code)}};
  if (!status.message.empty())
    trailers.emplace_back("grpc-message", percent_encoded(status.message));
  if (!status.details.empty()) {
    trailers.emplace_back("grpc-status-details-bin", base64(status.details));
  }
  return trailers;
}

}  // namespace cero::receiver
