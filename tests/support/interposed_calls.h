// Counts what the calling thread asks of the C library: memory and locks. A program that lists
// interposed_calls.cc among its sources has the functions replaced by ones that count and pass on.
// Linux with glibc only, and not together with a sanitizer, which replaces them itself.
#ifndef CERO_TESTS_SUPPORT_INTERPOSED_CALLS_H_
#define CERO_TESTS_SUPPORT_INTERPOSED_CALLS_H_

#include <cstdint>

namespace cero::test {

// malloc, calloc, realloc, the aligned ones, and so operator new; free counts too.
uint64_t memory_call_count();
// Mutexes, read-write locks, spin locks and semaphores, taken or tried.
uint64_t lock_call_count();

}  // namespace cero::test

#endif  // CERO_TESTS_SUPPORT_INTERPOSED_CALLS_H_
