// Goal: equal scopes are one, different ones are not, and there is an end to them. Method: as many
// as there may be; the last test leaves room for no more in this process.
#include "base/scope_info.h"

#include <gtest/gtest.h>

namespace cero::core {
namespace {

TEST(ScopeInfo, is_one_for_equal_scopes) {
  const ScopeInfo* scope = intern_scope("name", "1", "https://example.com", {{"key", 1}});
  ASSERT_NE(scope, nullptr);
  EXPECT_EQ(intern_scope("name", "1", "https://example.com", {{"key", 1}}), scope);
  EXPECT_NE(intern_scope("name", "2", "https://example.com", {{"key", 1}}), scope);
  EXPECT_NE(intern_scope("name", "1", "", {{"key", 1}}), scope);
  EXPECT_NE(intern_scope("name", "1", "https://example.com", {{"key", 2}}), scope);
}

TEST(ScopeInfo, is_refused_beyond_the_bound_unless_it_exists) {
  const ScopeInfo* early = intern_scope("early", {}, {}, {});
  size_t made = 0;
  while (made <= kScopesMax && intern_scope("dynamic " + std::to_string(made), {}, {}, {})) ++made;
  EXPECT_LT(made, kScopesMax);
  EXPECT_GT(made, kScopesMax / 2);
  EXPECT_EQ(intern_scope("early", {}, {}, {}), early);
}

}  // namespace
}  // namespace cero::core
