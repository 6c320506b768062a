// Goal: spans that end in thread-local and static destructors are delivered while their provider
// lives, and harmless when it does not. Method: a program of its own, at its end.
#include <gtest/gtest.h>

#include "loadgen/child_program.h"
#include "pipeline/backend.h"

namespace cero::test {
namespace {

TEST(LateSpans, of_destructors_are_delivered) {
  DirectBackend backend(Route::http1_plain);
  const auto outcome = run_program(CERO_LATE_SPANS, {backend.exporter().endpoint, "kept"});
  EXPECT_EQ(outcome.exit_status, 0) << outcome.errors;
  // Two of each thread's object, two of the static one.
  EXPECT_EQ(outcome.output, "6 recorded, 6 exported\n");
  EXPECT_EQ(backend.receiver().counts().unique_spans, 6u);
}

// The static object's spans end after the provider; its threads' before.
TEST(LateSpans, may_end_after_their_provider) {
  DirectBackend backend(Route::http1_plain);
  const auto outcome = run_program(CERO_LATE_SPANS, {backend.exporter().endpoint, "gone"});
  EXPECT_EQ(outcome.exit_status, 0) << outcome.errors;
  EXPECT_EQ(outcome.output, "nothing to report\n");
  EXPECT_EQ(backend.receiver().counts().unique_spans, 4u);
}

}  // namespace
}  // namespace cero::test
