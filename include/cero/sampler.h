// Sampler: decides at its start whether a span is recorded [spec 2.4].
//
// A value of five rules: one for root spans and one for each kind of parent (remote or local,
// sampled or not). A sampler that ignores parents has five equal rules; deciding costs one table
// look-up and one comparison either way.
#ifndef CERO_SAMPLER_H_
#define CERO_SAMPLER_H_

#include <array>
#include <cstdint>
#include <string>

#include "cero/export.h"

namespace cero {

class CERO_API Sampler {
 public:
  static Sampler always_on();
  static Sampler always_off();
  // Samples this share of all traces, in [0, 1], by the trace id alone: the same traces wherever it
  // runs, and a higher ratio keeps all that a lower one keeps. Meant for root spans: use it inside
  // parent_based. A ratio out of range (or NaN) is reported by TracerProvider::create.
  static Sampler trace_id_ratio(double ratio);

  // What parent_based does for each kind of parent: follow its flag unless told otherwise.
  struct ParentRules;
  static Sampler parent_based(const Sampler& root);
  static Sampler parent_based(const Sampler& root, const ParentRules& rules);

  // As the specification writes them: "AlwaysOnSampler", "TraceIdRatioBased{0.25}",
  // "ParentBased{root:AlwaysOnSampler,...}".
  const std::string& description() const noexcept { return description_; }
  bool valid() const noexcept { return valid_; }

  // A rule samples a trace whose low 56 id bits lie below it: 0 none, 2^56 all.
  static constexpr uint64_t kRuleNone = 0;
  static constexpr uint64_t kRuleAll = uint64_t{1} << 56;
  // Rules by position: root, then the parent: local unsampled, local sampled, remote unsampled,
  // remote sampled.
  using Rules = std::array<uint64_t, 5>;
  const Rules& rules() const noexcept { return rules_; }

 private:
  Sampler(const Rules& rules, std::string description, bool valid)
      : rules_(rules), description_(std::move(description)), valid_(valid) {}

  Rules rules_;
  std::string description_;
  bool valid_;
};

// Each must be a sampler that ignores parents; of another one, the rule for roots is taken.
struct Sampler::ParentRules {
  Sampler remote_sampled = always_on();
  Sampler remote_not_sampled = always_off();
  Sampler local_sampled = always_on();
  Sampler local_not_sampled = always_off();
};

}  // namespace cero

#endif  // CERO_SAMPLER_H_
