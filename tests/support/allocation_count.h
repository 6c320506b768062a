// How often the calling thread has allocated with operator new. A program that lists
// allocation_count.cc among its sources has its operator new replaced.
#ifndef CERO_TESTS_SUPPORT_ALLOCATION_COUNT_H_
#define CERO_TESTS_SUPPORT_ALLOCATION_COUNT_H_

#include <cstdint>

namespace cero::test {

uint64_t allocation_count();

// The calling thread's allocation after `successes` more throws std::bad_alloc, once.
void fail_allocation_after(uint64_t successes);
// Takes it back. Whether it had not yet come to that.
bool cancel_failing_allocation();

}  // namespace cero::test

#endif  // CERO_TESTS_SUPPORT_ALLOCATION_COUNT_H_
