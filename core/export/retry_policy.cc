#include "export/retry_policy.h"

#include <algorithm>
#include <charconv>

#include "base/assert.h"
#include "http/http_date.h"

namespace cero::core {
namespace {

using std::chrono::nanoseconds;

constexpr double kGrowth = 1.5;
constexpr double kJitter = 0.2;
constexpr std::chrono::seconds kRetryAfterMax = std::chrono::hours(24);

std::optional<std::chrono::seconds> parse_delta_seconds(std::string_view digits) {
  if (digits.empty() || digits.find_first_not_of("0123456789") != std::string_view::npos)
    return std::nullopt;
  int64_t seconds = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), seconds);
  return error == std::errc::result_out_of_range ? kRetryAfterMax : std::chrono::seconds(seconds);
}

std::optional<std::chrono::seconds> until_date(std::string_view text,
                                               std::chrono::system_clock::time_point wall_now) {
  const auto date = parse_http_date(text);
  if (!date) return std::nullopt;
  // In seconds: the years that a date can name are too many nanoseconds.
  return *date - std::chrono::floor<std::chrono::seconds>(wall_now);
}

double exponential(nanoseconds initial, nanoseconds max, uint32_t failure_count) {
  CERO_ASSERT(failure_count > 0);
  const auto limit = static_cast<double>(max.count());
  auto wait = static_cast<double>(initial.count());
  for (uint32_t i = 1; i < failure_count && wait < limit; ++i) wait *= kGrowth;
  return std::min(wait, limit);
}

nanoseconds scaled(double wait, double factor) {
  return nanoseconds(static_cast<int64_t>(wait * factor));
}

}  // namespace

std::chrono::nanoseconds RetryPolicy::delay(uint32_t failure_count, double random) const {
  CERO_ASSERT(random >= 0 && random < 1);
  return scaled(exponential(delay_initial, delay_max, failure_count),
                1 - kJitter + 2 * kJitter * random);
}

std::chrono::nanoseconds RetryPolicy::delay_from(nanoseconds least, uint32_t failure_count,
                                                 double random) const {
  CERO_ASSERT(random >= 0 && random < 1);
  const nanoseconds initial = std::max<nanoseconds>(delay_initial, least);
  return scaled(exponential(initial, std::max<nanoseconds>(delay_max, initial), failure_count),
                1 + kJitter * random);
}

bool is_retryable_status(int status) {
  return status == 429 || status == 502 || status == 503 || status == 504;
}

std::optional<std::chrono::seconds> parse_retry_after(
    std::string_view value, std::chrono::system_clock::time_point wall_now) {
  auto wait = parse_delta_seconds(value);
  if (!wait) wait = until_date(value, wall_now);
  if (!wait || wait->count() <= 0) return std::nullopt;
  return std::min(*wait, kRetryAfterMax);
}

}  // namespace cero::core
