// What a google.rpc.Status says beside its message.
#ifndef CERO_CORE_OTLP_ERROR_DETAILS_H_
#define CERO_CORE_OTLP_ERROR_DETAILS_H_

#include <chrono>
#include <optional>
#include <string_view>

namespace cero::core {

// How long a google.rpc.RetryInfo asks to wait, from 0 to a day. nullopt: the status has none, or
// the bytes are no status.
std::optional<std::chrono::nanoseconds> read_retry_info(std::string_view status);

}  // namespace cero::core

#endif  // CERO_CORE_OTLP_ERROR_DETAILS_H_
