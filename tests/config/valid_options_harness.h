// What validate() says of options.
#ifndef CERO_TESTS_CONFIG_VALID_OPTIONS_HARNESS_H_
#define CERO_TESTS_CONFIG_VALID_OPTIONS_HARNESS_H_

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>

#include "config/valid_options.h"

namespace cero::core {

inline std::string problems(Options options) {
  const Result<ValidOptions> result = validate(std::move(options));
  if (result) return "";
  EXPECT_EQ(result.error().code(), ErrorCode::invalid_options);
  return result.error().message();
}

template <typename Change>
std::string problems_with(Change change) {
  Options options;
  change(options);
  return problems(std::move(options));
}

inline bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

#define EXPECT_MENTIONS(text, part) EXPECT_PRED2(contains, text, part)

}  // namespace cero::core

#endif  // CERO_TESTS_CONFIG_VALID_OPTIONS_HARNESS_H_
