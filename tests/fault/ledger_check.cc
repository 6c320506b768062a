#include "fault/ledger_check.h"

#include <algorithm>

namespace cero::test {
namespace {

class Findings {
 public:
  void expect(bool holds, const char* what, uint64_t left, uint64_t right) {
    if (holds) return;
    text_ += std::string("does not hold: ") + what + " (" + std::to_string(left) + ", " +
             std::to_string(right) + ")\n";
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

}  // namespace

uint64_t unanswered_attempts(const Stats& stats) {
  return stats.requests - stats.http1_responses - stats.http2_responses;
}

uint64_t spans_of_timeouts(const Stats& stats, const receiver::Counts& counts, uint64_t batch) {
  const uint64_t unanswered = unanswered_attempts(stats);
  uint64_t faults = 0;
  for (const auto& [action, times] : counts.faults) faults += times;
  return batch * (unanswered - std::min(unanswered, faults));
}

std::string ledger_faults(const Stats& stats, const receiver::Counts& counts, uint64_t recorded,
                          uint64_t unseen_max) {
  Findings findings;
  const uint64_t confirmed = stats.exported + stats.rejected;
  const uint64_t places = confirmed + stats.dropped.total() + stats.in_flight;
  findings.expect(stats.recorded == places, "recorded = exported + rejected + dropped + in_flight",
                  stats.recorded, places);
  findings.expect(stats.recorded == recorded, "recorded = spans that ended", stats.recorded,
                  recorded);
  findings.expect(stats.in_flight == 0, "in_flight = 0", stats.in_flight, 0);

  // What the receiver took, each time it did.
  const uint64_t taken = counts.spans + counts.rejected_spans;
  const uint64_t unconfirmed_max = counts.unconfirmed_spans + unseen_max;
  findings.expect(stats.rejected <= counts.rejected_spans &&
                      counts.rejected_spans - stats.rejected <= unseen_max,
                  "rejected = rejected by the receiver, but for answers that came too late",
                  stats.rejected, counts.rejected_spans);
  findings.expect(counts.unique_spans >= confirmed,
                  "distinct spans received >= exported + rejected", counts.unique_spans, confirmed);
  findings.expect(counts.unique_spans <= recorded, "distinct spans received <= recorded",
                  counts.unique_spans, recorded);
  findings.expect(taken >= confirmed, "spans received >= exported + rejected", taken, confirmed);
  findings.expect(taken - confirmed <= unconfirmed_max,
                  "spans received beyond exported + rejected <= those it could not confirm",
                  taken - confirmed, unconfirmed_max);
  return findings.take();
}

}  // namespace cero::test
