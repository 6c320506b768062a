// malloc_count(): what the calling thread has asked the C library for, which sees the allocations
// of C libraries too. Link malloc_count.cc into the test program. A sanitizer has its own malloc:
// under one the count stays 0.
#ifndef CERO_TESTS_SUPPORT_MALLOC_COUNT_H_
#define CERO_TESTS_SUPPORT_MALLOC_COUNT_H_

#include <cstdint>

namespace cero::test {

uint64_t malloc_count();

}  // namespace cero::test

#endif  // CERO_TESTS_SUPPORT_MALLOC_COUNT_H_
