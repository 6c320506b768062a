// SystemCalls: counts the system calls of the thread that makes one, for good: the kernel's filter
// cannot be taken off again, so it is for a thread that ends soon after.
//
// The filter (seccomp) traps each call; the handler counts it and makes it again from a place that
// the filter lets through. x86-64 Linux; elsewhere, or where filters are forbidden, armed() is
// false.
#ifndef CERO_TESTS_SUPPORT_SYSTEM_CALLS_H_
#define CERO_TESTS_SUPPORT_SYSTEM_CALLS_H_

#include <cstdint>

namespace cero::test {

class SystemCalls {
 public:
  SystemCalls();

  bool armed() const { return armed_; }
  // Of this thread, since it was armed.
  uint64_t count() const;

 private:
  bool armed_ = false;
};

}  // namespace cero::test

#endif  // CERO_TESTS_SUPPORT_SYSTEM_CALLS_H_
