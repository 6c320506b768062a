// Goal: where there is no memory for what is current, a scope has no effect, and others go on.
// Method: the calling thread's mmap fails.
#include <gtest/gtest.h>

#include <memory>
#include <thread>
#include <vector>

#include "cero/context.h"
#include "support/failing_mmap.h"

namespace cero::test {
namespace {

SpanContext context_of(uint8_t number) {
  return {TraceId({number}), SpanId({number}), TraceFlags::kSampled};
}

TEST(CurrentStackMemory, the_first_scope_of_a_thread_has_no_effect_without) {
  std::thread([] {
    {
      fail_mmap_after(0);
      const Scope scope(context_of(1));
      cancel_failing_mmap();
      EXPECT_FALSE(current_context().valid());
    }
    const Scope scope(context_of(2));
    EXPECT_EQ(current_context(), context_of(2));
  }).join();
}

TEST(CurrentStackMemory, a_scope_beyond_what_is_there_has_no_effect_without) {
  constexpr uint8_t kDeep = 200;
  std::vector<std::unique_ptr<Scope>> scopes;
  scopes.push_back(std::make_unique<Scope>(context_of(1)));
  uint8_t innermost = 1;
  for (uint8_t i = 2; i < kDeep; ++i) {
    scopes.emplace_back();
    fail_mmap_after(0);
    scopes.back() = std::make_unique<Scope>(context_of(i));
    cancel_failing_mmap();
    if (current_context() == context_of(i)) innermost = i;
  }
  EXPECT_LT(innermost, kDeep - 1);
  EXPECT_EQ(current_context(), context_of(innermost));
  while (scopes.size() > innermost) scopes.pop_back();
  EXPECT_EQ(current_context(), context_of(innermost));
  while (!scopes.empty()) scopes.pop_back();
  EXPECT_FALSE(current_context().valid());
}

}  // namespace
}  // namespace cero::test
