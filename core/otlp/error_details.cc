#include "otlp/error_details.h"

#include <algorithm>
#include <cstdint>

#include "otlp/trace.pb.h"

namespace cero::core {
namespace {

constexpr std::chrono::seconds kDelayMax = std::chrono::hours(24);

std::chrono::nanoseconds bounded(const otlp::Duration& duration) {
  const std::chrono::seconds seconds(std::clamp<int64_t>(duration.seconds(), 0, kDelayMax.count()));
  const std::chrono::nanoseconds rest(std::clamp(duration.nanos(), 0, 999'999'999));
  return std::min<std::chrono::nanoseconds>(seconds + rest, kDelayMax);
}

}  // namespace

std::optional<std::chrono::nanoseconds> read_retry_info(std::string_view status) {
  otlp::ErrorStatus message;
  if (status.size() > INT32_MAX ||
      !message.ParseFromArray(status.data(), static_cast<int>(status.size()))) {
    return std::nullopt;
  }
  for (const otlp::Any& detail : message.details()) {
    if (!std::string_view(detail.type_url()).ends_with("/google.rpc.RetryInfo")) continue;
    otlp::RetryInfo info;
    if (info.ParseFromString(detail.value())) return bounded(info.retry_delay());
  }
  return std::nullopt;
}

}  // namespace cero::core
