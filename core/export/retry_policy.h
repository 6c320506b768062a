// RetryPolicy: which answers are worth another attempt, and when.
#ifndef CERO_CORE_EXPORT_RETRY_POLICY_H_
#define CERO_CORE_EXPORT_RETRY_POLICY_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace cero::core {

struct RetryPolicy {
  std::chrono::milliseconds delay_initial;
  std::chrono::milliseconds delay_max;

  // The wait after the failure_count-th failure in a row, counted from 1. `random` in [0, 1) places
  // it within 20 % around the exponential value, so that clients that failed together do not come
  // back together.
  std::chrono::nanoseconds delay(uint32_t failure_count, double random) const;

  // The same where a server named the least, which then counts as the initial delay if it is the
  // longer one: never less than `least`, so the 20 % lie all above the exponential value.
  std::chrono::nanoseconds delay_from(std::chrono::nanoseconds least, uint32_t failure_count,
                                      double random) const;
};

// Exactly 429, 502, 503 and 504 [spec 1.3].
bool is_retryable_status(int status);

// Seconds or a date; nullopt when it is neither, or asks for no wait at all: the backoff holds
// then. Cut at a day.
std::optional<std::chrono::seconds> parse_retry_after(
    std::string_view value, std::chrono::system_clock::time_point wall_now);

}  // namespace cero::core

#endif  // CERO_CORE_EXPORT_RETRY_POLICY_H_
