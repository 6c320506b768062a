// Goal: whatever comes together at random, nothing is lost uncounted and nothing hangs. Method:
// chaos from a seed that is printed, with the script that a failure needs. `./dev soak` has more.
#include "fault/chaos.h"

#include <gtest/gtest.h>

#include "support/seed.h"

namespace cero::test {
namespace {

class Chaos : public testing::TestWithParam<Route> {};

TEST_P(Chaos, leaves_a_balanced_ledger) {
  constexpr uint64_t kSpansPerThread = 2'000;
  const ChaosPlan plan = make_chaos(test_seed(), GetParam(), kSpansPerThread);
  const ChaosOutcome outcome = live_through(plan);
  EXPECT_EQ(outcome.faults, "") << plan.script;
  EXPECT_FALSE(outcome.counts.faults.empty()) << plan.script;
  EXPECT_GT(outcome.stats.exported, 0u) << plan.script;
}

INSTANTIATE_TEST_SUITE_P(Routes, Chaos,
                         testing::Values(Route::http1_plain, Route::http2_tls_gzip,
                                         Route::grpc_tls_gzip),
                         [](const auto& test) { return to_text(test.param); });

}  // namespace
}  // namespace cero::test
