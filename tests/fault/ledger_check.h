// What must hold between cero's ledger and what the receiver counted, whatever went wrong between
// them.
#ifndef CERO_TESTS_FAULT_LEDGER_CHECK_H_
#define CERO_TESTS_FAULT_LEDGER_CHECK_H_

#include <cstdint>
#include <string>

#include "cero/stats.h"
#include "receiver/counts.h"

namespace cero::test {

uint64_t unanswered_attempts(const Stats& stats);

// Spans that the receiver may have taken without its knowing that the client gave up meanwhile:
// those of as many attempts as ended without an answer and without a fault to blame.
uint64_t spans_of_timeouts(const Stats& stats, const receiver::Counts& counts, uint64_t batch);

// "" when all holds, else what does not. `recorded`: spans that were ended; `unseen_max`: how many
// the receiver may have taken that the client cannot know of, beside those it knows it did not
// confirm. To be called when the provider is shut down and the receiver stopped: nothing moves.
std::string ledger_faults(const Stats& stats, const receiver::Counts& counts, uint64_t recorded,
                          uint64_t unseen_max);

}  // namespace cero::test

#endif  // CERO_TESTS_FAULT_LEDGER_CHECK_H_
