// What the tests of forked providers share: a child's ledger as text, and options under which
// nothing is sent before it is asked for.
#ifndef CERO_TESTS_PIPELINE_FORK_HARNESS_H_
#define CERO_TESTS_PIPELINE_FORK_HARNESS_H_

#include <chrono>
#include <filesystem>
#include <iterator>
#include <string>

#include "pipeline/lifecycle_harness.h"
#include "support/forked_child.h"

namespace cero::test {

inline size_t thread_count() {
  const std::filesystem::directory_iterator tasks("/proc/self/task");
  return static_cast<size_t>(std::distance(begin(tasks), end(tasks)));
}

// A ledger, for a child to say and its parent to compare.
inline std::string to_text(const Stats& stats) {
  return std::to_string(stats.recorded) + " recorded, " + std::to_string(stats.exported) +
         " exported, " + std::to_string(stats.dropped.total() + stats.rejected) + " lost, " +
         std::to_string(stats.in_flight) + " in flight";
}

inline std::string all_exported(uint64_t spans) {
  Stats stats;
  stats.recorded = spans;
  stats.exported = spans;
  return to_text(stats);
}

inline std::string flush(TracerProvider& provider) {
  const Result<void> flushed = provider.force_flush(std::chrono::minutes(1));
  return flushed ? to_text(provider.stats()) : flushed.error().message();
}

// Nothing is sent before it is asked for.
inline Options options_that_wait(const Backend& backend) {
  Options options = options_for(backend);
  options.batch.delay_max = std::chrono::hours(1);
  return options;
}

// How many distinct spans arrived; none may arrive twice.
inline uint64_t arrived(Backend& backend) {
  const receiver::Counts counts = backend.receiver().counts();
  EXPECT_EQ(counts.spans, counts.unique_spans);
  return counts.unique_spans;
}

}  // namespace cero::test

#endif  // CERO_TESTS_PIPELINE_FORK_HARNESS_H_
