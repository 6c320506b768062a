// Dates as HTTP writes them [RFC 9110, 5.6.7], read without the host's locale or time zone.
#ifndef CERO_CORE_HTTP_HTTP_DATE_H_
#define CERO_CORE_HTTP_HTTP_DATE_H_

#include <chrono>
#include <optional>
#include <string_view>

namespace cero::core {

// All three forms a recipient must accept:
//   Sun, 06 Nov 1994 08:49:37 GMT     Sunday, 06-Nov-94 08:49:37 GMT     Sun Nov  6 08:49:37 1994
std::optional<std::chrono::sys_seconds> parse_http_date(std::string_view text);

}  // namespace cero::core

#endif  // CERO_CORE_HTTP_HTTP_DATE_H_
