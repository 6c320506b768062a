// Makes the calling thread's mmap fail. A program that lists failing_mmap.cc among its sources has
// the function replaced.
#ifndef CERO_TESTS_SUPPORT_FAILING_MMAP_H_
#define CERO_TESTS_SUPPORT_FAILING_MMAP_H_

namespace cero::test {

// The calling thread's mappings after `successes` more fail, with ENOMEM.
void fail_mmap_after(int successes);
void cancel_failing_mmap();

}  // namespace cero::test

#endif  // CERO_TESTS_SUPPORT_FAILING_MMAP_H_
