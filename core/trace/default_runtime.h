// DefaultRuntime: the runtime of the default provider, for tracers that follow it.
//
// The global get_tracer() hands those out. A tracer that was got while a default provider was set
// leads to that one's runtime, one that was got before to unset_runtime(), which is never live.
// So the hot path of a span has nothing to ask. A span whose tracer's runtime is not live takes the
// cold way, and there looks here, without a lock.
//
// E1  current: release in set_default_runtime -> acquire in default_runtime. Publishes the
//     generation, which lies in the runtime: so the two always belong together, and one whose
//     provider has ended is found not live.
#ifndef CERO_CORE_TRACE_DEFAULT_RUNTIME_H_
#define CERO_CORE_TRACE_DEFAULT_RUNTIME_H_

#include <cstdint>

#include "trace/runtime.h"

namespace cero::core {

struct DefaultRuntime {
  Runtime* runtime = nullptr;  // nullptr: no default provider is set
  uint32_t generation = 0;
};

// Any thread, signal handlers too.
DefaultRuntime default_runtime() noexcept;
// One call at a time.
void set_default_runtime(DefaultRuntime now) noexcept;

// The one, with its generation, that stands for none. It has the limits of default options, for
// spans that are prepared with it. Allocates at its first call; nullptr: no memory.
DefaultRuntime unset_runtime() noexcept;

}  // namespace cero::core

#endif  // CERO_CORE_TRACE_DEFAULT_RUNTIME_H_
