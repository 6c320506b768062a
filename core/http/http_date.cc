#include "http/http_date.h"

#include <array>
#include <charconv>
#include <cstdint>

namespace cero::core {
namespace {

using std::chrono::sys_seconds;

constexpr size_t kFieldsMax = 6;

struct Fields {
  std::array<std::string_view, kFieldsMax> at;
  size_t count = 0;
};

// Day names, numbers, months, times: what stands between blanks, commas and dashes.
std::optional<Fields> split(std::string_view text) {
  Fields fields;
  while (true) {
    const size_t begin = text.find_first_not_of(" ,-");
    if (begin == std::string_view::npos) return fields;
    if (fields.count == kFieldsMax) return std::nullopt;
    const size_t end = std::min(text.find_first_of(" ,-", begin), text.size());
    fields.at[fields.count++] = text.substr(begin, end - begin);
    text.remove_prefix(end);
  }
}

std::optional<int> number(std::string_view digits) {
  int value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size() || value < 0)
    return std::nullopt;
  return value;
}

std::optional<int> month(std::string_view name) {
  constexpr std::string_view kNames = "JanFebMarAprMayJunJulAugSepOctNovDec";
  if (name.size() != 3) return std::nullopt;
  const size_t at = kNames.find(name);
  if (at == std::string_view::npos || at % 3 != 0) return std::nullopt;
  return static_cast<int>(at / 3 + 1);
}

// Two digits stand for the century that brings the date nearest to now; until 2070 that is this
// rule.
int full_year(std::string_view digits, int value) {
  if (digits.size() > 2) return value;
  return value < 70 ? 2000 + value : 1900 + value;
}

std::optional<std::chrono::seconds> time_of_day(std::string_view text) {
  if (text.size() != 8 || text[2] != ':' || text[5] != ':') return std::nullopt;
  const auto hours = number(text.substr(0, 2));
  const auto minutes = number(text.substr(3, 2));
  const auto seconds = number(text.substr(6, 2));
  if (!hours || !minutes || !seconds || *hours > 23 || *minutes > 59 || *seconds > 60)
    return std::nullopt;
  return std::chrono::hours(*hours) + std::chrono::minutes(*minutes) +
         std::chrono::seconds(*seconds);
}

std::optional<sys_seconds> assemble(std::string_view year, std::string_view month_name,
                                    std::string_view day, std::string_view time) {
  const auto year_number = number(year);
  const auto month_number = month(month_name);
  const auto day_number = number(day);
  const auto seconds = time_of_day(time);
  if (!year_number || !month_number || !day_number || !seconds || *year_number > 9999) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date{std::chrono::year(full_year(year, *year_number)),
                                         std::chrono::month(static_cast<unsigned>(*month_number)),
                                         std::chrono::day(static_cast<unsigned>(*day_number))};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date) + *seconds;
}

}  // namespace

std::optional<sys_seconds> parse_http_date(std::string_view text) {
  const auto fields = split(text);
  if (!fields) return std::nullopt;
  const auto& at = fields->at;
  if (fields->count == 6 && at[5] == "GMT") return assemble(at[3], at[2], at[1], at[4]);
  if (fields->count == 5) return assemble(at[4], at[1], at[2], at[3]);  // asctime
  return std::nullopt;
}

}  // namespace cero::core
