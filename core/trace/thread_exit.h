// The exit of a thread: what cero keeps for it, its slot and its current stack, passes on to later
// threads.
#ifndef CERO_CORE_TRACE_THREAD_EXIT_H_
#define CERO_CORE_TRACE_THREAD_EXIT_H_

namespace cero::core {

// Whether what the calling thread takes from now on will pass on when it exits. False: its exit
// handler has run already, pthread has no key left, or it would take memory. Signal handlers may
// call it, wherever they come.
bool passes_on_at_exit() noexcept;

// Lets it be so where that takes memory: in a program that had 32 keys of pthread's before cero was
// loaded. Not for signal handlers; cheap where there is nothing to do.
void register_thread() noexcept;

}  // namespace cero::core

#endif  // CERO_CORE_TRACE_THREAD_EXIT_H_
