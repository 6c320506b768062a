// The Relacy model checker (Debian: relacy-dev): runs a protocol's threads in many interleavings,
// and lets loads return every value that the C++ memory model allows them.
//
// A model restates a protocol of core/ under Relacy's atomics, in the order and with the names of
// the code it stands for; whoever changes one changes the other. What is missing (counters,
// asserts, the bytes of a record) does not synchronise. Each order that matters is a parameter, so
// that a test can weaken it and show that the checker then finds what breaks.
//
// Runs are deterministic: interleaving i is drawn from seed i. CERO_MODEL_ITERATIONS sets their
// number.
#ifndef CERO_TESTS_SUPPORT_RELACY_H_
#define CERO_TESTS_SUPPORT_RELACY_H_

#include <gtest/gtest.h>

#include <cstdlib>
#include <ostream>
#include <relacy/relacy.hpp>
#include <streambuf>
#include <string>
#include <vector>

// The checker's own allocation is not needed, and its macros would reach into every header that
// follows.
#undef new
#undef delete
#undef malloc
#undef calloc
#undef realloc
#undef free
#undef assert

namespace cero::test {

inline rl::iteration_t model_iterations() {
  constexpr rl::iteration_t kIterations = 50'000;
  const char* given = std::getenv("CERO_MODEL_ITERATIONS");
  return given == nullptr ? kIterations : static_cast<rl::iteration_t>(std::atol(given));
}

// Relacy prints while it holds the global allocator, so the text's memory must exist before.
class HistoryBuffer final : public std::streambuf {
 public:
  HistoryBuffer() : bytes_(size_t{1} << 20) { setp(bytes_.data(), bytes_.data() + bytes_.size()); }
  std::string text() const { return {pbase(), pptr()}; }

 private:
  std::vector<char> bytes_;
};

// What became of the suite; the steps that lead to a failure go to `history`.
template <typename Suite>
rl::test_result_e run_model(std::string* history) {
  HistoryBuffer buffer;
  std::ostream output(&buffer);
  rl::test_params params;
  params.iteration_count = model_iterations();
  params.output_stream = &output;
  params.progress_stream = &output;
  rl::simulate<Suite>(params);
  *history = buffer.text();
  return params.test_result;
}

template <typename Suite>
void expect_model_holds() {
  std::string history;
  const rl::test_result_e result = run_model<Suite>(&history);
  EXPECT_EQ(result, rl::test_result_success) << rl::test_result_str(result) << '\n' << history;
}

// The expected failure of a model with one order weakened or one step left out.
template <typename Suite>
void expect_model_breaks(rl::test_result_e expected) {
  std::string history;
  const rl::test_result_e result = run_model<Suite>(&history);
  EXPECT_EQ(result, expected) << rl::test_result_str(result);
}

// FUTEX_WAIT without a time limit: a lost wake is a deadlock, which the checker reports. No
// spurious wake-ups: they would hide one.
inline void futex_wait(rl::atomic<int>& word, int expected) {
  rl::context& context = rl::ctx();
  context.atomic_thread_fence_seq_cst();  // a system call
  int value;
  {
    // The kernel compares and queues under one lock.
    const rl::preemption_disabler disabled(context);
    value = word.load(rl::mo_acquire, $);
  }
  if (value == expected) word.wait(context, /*is_timed=*/false, /*allow_spurious_wakeup=*/false, $);
}

inline void futex_wake_one(rl::atomic<int>& word) {
  rl::context& context = rl::ctx();
  context.atomic_thread_fence_seq_cst();
  word.wake(context, 1, $);
}

}  // namespace cero::test

#endif  // CERO_TESTS_SUPPORT_RELACY_H_
