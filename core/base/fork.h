// What every stage needs to know of forks.
//
// The child of a fork() has one thread, the one that forked. What the parent's other threads were
// doing stays half done there for ever, and the locks that they held stay locked. core/forking.cc
// has the handlers of fork(), which say what of cero's becomes what.
#ifndef CERO_CORE_BASE_FORK_H_
#define CERO_CORE_BASE_FORK_H_

#include <cstdint>
#include <new>

namespace cero::core {

// Forks between the program's first process and this one: tells what a process has made from what
// it has inherited.
uint32_t fork_count() noexcept;
// In the child, while it has one thread and before anything else of cero runs there.
void count_fork() noexcept;

// In the child: a lock as new, whoever held it in the parent.
template <typename Lock>
void make_anew(Lock& lock) noexcept {
  new (&lock) Lock;
}

}  // namespace cero::core

#endif  // CERO_CORE_BASE_FORK_H_
