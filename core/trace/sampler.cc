#include "cero/sampler.h"

#include <charconv>
#include <cmath>

#include "base/assert.h"

namespace cero {
namespace {

Sampler::Rules equal_rules(uint64_t rule) { return {rule, rule, rule, rule, rule}; }

// Never in scientific notation, and with as many digits as tell the ratio from its neighbours. The
// smallest double takes 327 characters.
std::string ratio_text(double ratio) {
  char text[400];
  const auto end = std::to_chars(text, text + sizeof text, ratio, std::chars_format::fixed);
  CERO_ASSERT(end.ec == std::errc());
  return {text, end.ptr};
}

}  // namespace

Sampler Sampler::always_on() { return {equal_rules(kRuleAll), "AlwaysOnSampler", true}; }

Sampler Sampler::always_off() { return {equal_rules(kRuleNone), "AlwaysOffSampler", true}; }

Sampler Sampler::trace_id_ratio(double ratio) {
  std::string description = "TraceIdRatioBased{" + ratio_text(ratio) + "}";
  const bool valid = ratio >= 0 && ratio <= 1;  // false for NaN
  // Scaling by a power of two is exact, so a higher ratio never has a lower threshold.
  const uint64_t rule = valid ? static_cast<uint64_t>(std::ldexp(ratio, 56)) : kRuleNone;
  return {equal_rules(rule), std::move(description), valid};
}

Sampler Sampler::parent_based(const Sampler& root) { return parent_based(root, ParentRules{}); }

Sampler Sampler::parent_based(const Sampler& root, const ParentRules& rules) {
  const std::string description =
      "ParentBased{root:" + root.description_ +
      ",remoteParentSampled:" + rules.remote_sampled.description_ +
      ",remoteParentNotSampled:" + rules.remote_not_sampled.description_ +
      ",localParentSampled:" + rules.local_sampled.description_ +
      ",localParentNotSampled:" + rules.local_not_sampled.description_ + "}";
  const bool valid = root.valid_ && rules.remote_sampled.valid_ &&
                     rules.remote_not_sampled.valid_ && rules.local_sampled.valid_ &&
                     rules.local_not_sampled.valid_;
  // The order of Rules.
  return {{root.rules_[0], rules.local_not_sampled.rules_[0], rules.local_sampled.rules_[0],
           rules.remote_not_sampled.rules_[0], rules.remote_sampled.rules_[0]},
          description,
          valid};
}

}  // namespace cero
