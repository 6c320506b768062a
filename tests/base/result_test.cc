// Goal: who asks an error for its value is told which error it was. Method: death tests, in a child
// process each.
#include "cero/result.h"

#include <gtest/gtest.h>

namespace cero {
namespace {

TEST(ResultDeathTest, says_the_error_where_there_is_no_value) {
  const Result<int> error = Error(ErrorCode::invalid_options, "exporter.endpoint is \"nonsense\"");
  EXPECT_DEATH(static_cast<void>(error.value()), "no value, but an error: exporter.endpoint is");
  EXPECT_DEATH(static_cast<void>(*error), "no value, but an error: exporter.endpoint is");
}

TEST(Result, gives_its_value) {
  Result<std::string> text(std::string("text"));
  EXPECT_EQ(text.value(), "text");
  EXPECT_EQ(text->size(), 4u);
  EXPECT_EQ(*std::move(text), "text");
}

}  // namespace
}  // namespace cero
