// How gRPC writes text and bytes into a header or trailer.
#ifndef CERO_CORE_HTTP_GRPC_HEADER_H_
#define CERO_CORE_HTTP_GRPC_HEADER_H_

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace cero::core {

// grpc-timeout: at most eight digits and a unit.
std::string grpc_timeout(std::chrono::milliseconds timeout);

// grpc-message. What is no escape stays as it is, as gRPC wants it: a message is never thrown away.
std::string percent_decode(std::string_view text);

// The value of a header whose name ends in -bin, with or without its padding. nullopt: it is none.
std::optional<std::string> base64_decode(std::string_view text);

}  // namespace cero::core

#endif  // CERO_CORE_HTTP_GRPC_HEADER_H_
