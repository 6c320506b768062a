// What happens to cero when the process forks.
//
//   parent, before      the fork gate is closed and the tables of scopes and prefixes are locked:
//                       no thread is half way through a library or a table.
//   parent, after       both are opened again. Nothing else changes: what its spans left in rings
//                       and requests is sent once, by the parent.
//   child               counts its fork; finds locks as new; forgets the slots and rings; closes
//                       its copies of the connections; every live runtime is inherited, no longer
//                       live. What was current on the thread that forked stays so.
//   child, first span   takes a slot with ids of its own; makes its provider's stages again, on the
//                       seat and for the generation that tracers know (Pipeline::renew).
//
// I1  The child's handler takes no lock, allocates nothing, and calls only what a signal handler
//     may call.
// I2  A child that records nothing starts no thread and has nothing to flush when it exits.
// I3  A span that began before the fork is the parent's. In the child its context is valid, as a
//     parent of others, and to end it does nothing.
// I4  vfork and posix_spawn share the parent's memory until they exec: no handler runs, and none is
//     needed.
//
// Left over: a thread of libcurl's that resolves a name is not held at the gate.
#ifndef CERO_CORE_FORKING_H_
#define CERO_CORE_FORKING_H_

namespace cero::core {

// Whether the handlers are there: they are set when the library is loaded, before any thread can be
// inside of it.
bool forks_are_watched() noexcept;

// In a forked child, while it has one thread (tracer_provider.cc).
void begin_child_of_default_provider() noexcept;

}  // namespace cero::core

#endif  // CERO_CORE_FORKING_H_
