// Makes the C library run out of memory for one thread: its malloc() and the like fail, and so does
// its operator new. A program that lists malloc_failure.cc among its sources has the functions
// replaced by ones that pass on. Linux with glibc only, and not together with a sanitizer, which
// replaces them itself.
#ifndef CERO_TESTS_SUPPORT_MALLOC_FAILURE_H_
#define CERO_TESTS_SUPPORT_MALLOC_FAILURE_H_

#include <cstdint>

namespace cero::test {

// While it lives: after `successes` more, the next `failures` requests for memory of a thread fail.
class MallocFailure {
 public:
  // `thread`: its name; null: the calling one.
  MallocFailure(const char* thread, uint64_t successes, uint64_t failures = 1);
  ~MallocFailure();
  MallocFailure(const MallocFailure&) = delete;
  MallocFailure& operator=(const MallocFailure&) = delete;

  // Whether it has come to a failure.
  bool happened() const;
};

}  // namespace cero::test

#endif  // CERO_TESTS_SUPPORT_MALLOC_FAILURE_H_
