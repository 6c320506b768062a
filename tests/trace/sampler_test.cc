// Goal: each sampler has the rules and the description that the specification gives it.
// Method: the rules are read directly; a small decide() applies them to random ids.
#include "cero/sampler.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

namespace cero {
namespace {

// Places of the rules.
constexpr size_t kRoot = 0;
constexpr size_t kLocalUnsampled = 1;
constexpr size_t kLocalSampled = 2;
constexpr size_t kRemoteUnsampled = 3;
constexpr size_t kRemoteSampled = 4;

bool decide(const Sampler& sampler, uint64_t low_56_bits) {
  return low_56_bits < sampler.rules()[kRoot];
}

Sampler::Rules all_equal(uint64_t rule) { return {rule, rule, rule, rule, rule}; }

TEST(Sampler, always_on_and_off_ignore_parents) {
  EXPECT_EQ(Sampler::always_on().rules(), all_equal(Sampler::kRuleAll));
  EXPECT_EQ(Sampler::always_off().rules(), all_equal(Sampler::kRuleNone));
  EXPECT_EQ(Sampler::always_on().description(), "AlwaysOnSampler");
  EXPECT_EQ(Sampler::always_off().description(), "AlwaysOffSampler");
}

TEST(Sampler, ratio_is_a_share_of_56_bits_whatever_the_parent) {
  EXPECT_EQ(Sampler::trace_id_ratio(0.25).rules(), all_equal(uint64_t{1} << 54));
  EXPECT_EQ(Sampler::trace_id_ratio(0).rules(), all_equal(Sampler::kRuleNone));
  EXPECT_EQ(Sampler::trace_id_ratio(1).rules(), all_equal(Sampler::kRuleAll));
  const double almost_all = std::nextafter(1.0, 0.0);
  EXPECT_LT(Sampler::trace_id_ratio(almost_all).rules()[kRoot], Sampler::kRuleAll);
}

TEST(Sampler, ratio_description_tells_ratios_apart) {
  EXPECT_EQ(Sampler::trace_id_ratio(0.25).description(), "TraceIdRatioBased{0.25}");
  EXPECT_EQ(Sampler::trace_id_ratio(0.0001).description(), "TraceIdRatioBased{0.0001}");
  EXPECT_EQ(Sampler::trace_id_ratio(1).description(), "TraceIdRatioBased{1}");
  EXPECT_NE(Sampler::trace_id_ratio(0.1).description(),
            Sampler::trace_id_ratio(std::nextafter(0.1, 1)).description());
  const double smallest = std::numeric_limits<double>::denorm_min();
  EXPECT_TRUE(Sampler::trace_id_ratio(smallest).valid());
}

TEST(Sampler, ratio_out_of_range_is_invalid_and_samples_nothing) {
  for (const double ratio :
       {-0.1, 1.000001, std::nan(""), -std::nan(""), std::numeric_limits<double>::infinity(),
        -std::numeric_limits<double>::max()}) {
    const Sampler sampler = Sampler::trace_id_ratio(ratio);
    EXPECT_FALSE(sampler.valid()) << ratio;
    EXPECT_EQ(sampler.rules(), all_equal(Sampler::kRuleNone)) << ratio;
    EXPECT_FALSE(Sampler::parent_based(sampler).valid()) << ratio;
    EXPECT_FALSE(Sampler::parent_based(Sampler::always_on(), {.local_sampled = sampler}).valid());
  }
  EXPECT_TRUE(Sampler::trace_id_ratio(0.5).valid());
  EXPECT_TRUE(Sampler::trace_id_ratio(-0.0).valid());
}

TEST(Sampler, ratio_samples_its_share_and_a_higher_one_keeps_all_of_it) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  const Sampler tenth = Sampler::trace_id_ratio(0.1);
  const Sampler third = Sampler::trace_id_ratio(1.0 / 3);
  constexpr int kTraces = 100'000;
  int sampled = 0;
  for (int i = 0; i < kTraces; ++i) {
    const uint64_t id = random() >> 8;
    if (!decide(tenth, id)) continue;
    ++sampled;
    ASSERT_TRUE(decide(third, id));
  }
  EXPECT_NEAR(sampled, kTraces / 10.0, 700);  // over seven standard deviations
}

TEST(Sampler, parent_based_follows_the_parent_by_default) {
  const Sampler sampler = Sampler::parent_based(Sampler::trace_id_ratio(0.5));
  EXPECT_EQ(sampler.rules()[kRoot], Sampler::kRuleAll / 2);
  EXPECT_EQ(sampler.rules()[kLocalUnsampled], Sampler::kRuleNone);
  EXPECT_EQ(sampler.rules()[kLocalSampled], Sampler::kRuleAll);
  EXPECT_EQ(sampler.rules()[kRemoteUnsampled], Sampler::kRuleNone);
  EXPECT_EQ(sampler.rules()[kRemoteSampled], Sampler::kRuleAll);
  EXPECT_EQ(sampler.description(),
            "ParentBased{root:TraceIdRatioBased{0.5},remoteParentSampled:AlwaysOnSampler,"
            "remoteParentNotSampled:AlwaysOffSampler,localParentSampled:AlwaysOnSampler,"
            "localParentNotSampled:AlwaysOffSampler}");
}

TEST(Sampler, parent_based_has_a_slot_for_each_kind_of_parent) {
  const Sampler sampler = Sampler::parent_based(
      Sampler::always_off(), {.remote_sampled = Sampler::trace_id_ratio(0.5),
                              .remote_not_sampled = Sampler::trace_id_ratio(0.25),
                              .local_sampled = Sampler::trace_id_ratio(0.125),
                              .local_not_sampled = Sampler::always_on()});
  const Sampler::Rules expected = {Sampler::kRuleNone, Sampler::kRuleAll, Sampler::kRuleAll / 8,
                                   Sampler::kRuleAll / 4, Sampler::kRuleAll / 2};
  EXPECT_EQ(sampler.rules(), expected);
}

TEST(Sampler, parent_based_takes_the_root_rule_of_a_parent_based_slot) {
  const Sampler inner = Sampler::parent_based(Sampler::always_off());
  EXPECT_EQ(Sampler::parent_based(inner).rules()[kRoot], Sampler::kRuleNone);
  const Sampler slots = Sampler::parent_based(Sampler::always_on(), {.local_sampled = inner});
  EXPECT_EQ(slots.rules()[kLocalSampled], Sampler::kRuleNone);
}

}  // namespace
}  // namespace cero
