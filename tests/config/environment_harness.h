// Options as read from an environment that is a map.
#ifndef CERO_TESTS_CONFIG_ENVIRONMENT_HARNESS_H_
#define CERO_TESTS_CONFIG_ENVIRONMENT_HARNESS_H_

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/environment.h"

namespace cero::core {

using Variables = std::map<std::string, std::string, std::less<>>;

struct Reading {
  Options options;
  Wording wording;
  std::vector<std::string> warnings;
};

inline Reading read(const Variables& variables, Options defaults = {}) {
  auto warnings = std::make_shared<std::vector<std::string>>();
  defaults.log_handler = [warnings](Severity severity, std::string_view message) {
    EXPECT_EQ(severity, Severity::warning);
    warnings->emplace_back(message);
  };
  Wording wording;
  Options options = read_environment(
      std::move(defaults),
      [&](std::string_view name) -> std::optional<std::string> {
        const auto found = variables.find(name);
        return found == variables.end() ? std::nullopt : std::optional(found->second);
      },
      wording);
  return {std::move(options), std::move(wording), *warnings};
}

// The options, when all of the variables are good.
inline Options good(const Variables& variables, Options defaults = {}) {
  const Reading reading = read(variables, std::move(defaults));
  EXPECT_EQ(reading.warnings, std::vector<std::string>{});
  return reading.options;
}

// The one warning of one bad variable, which must name it.
inline std::string warning(const std::string& name, const std::string& value) {
  const Reading reading = read({{name, value}});
  EXPECT_EQ(reading.warnings.size(), 1u) << name << "=" << value;
  if (reading.warnings.empty()) return "";
  EXPECT_TRUE(reading.warnings[0].starts_with(name)) << reading.warnings[0];
  return reading.warnings[0];
}

}  // namespace cero::core

#endif  // CERO_TESTS_CONFIG_ENVIRONMENT_HARNESS_H_
