// What every thread of cero's own does: it blocks all signals, so that no handler of the host runs
// there, has a name, and calls the host's hook before anything else.
#ifndef CERO_CORE_BASE_BACKGROUND_THREAD_H_
#define CERO_CORE_BASE_BACKGROUND_THREAD_H_

#include <cstdint>
#include <functional>
#include <thread>

#include "cero/options.h"
#include "cero/result.h"

namespace cero::core {

// The name is at most 15 characters.
Result<std::thread> start_background_thread(const char* name, const ThreadStartHook& hook,
                                            std::function<void()> run);

// CPU time of the calling thread.
uint64_t thread_cpu_ns() noexcept;

}  // namespace cero::core

#endif  // CERO_CORE_BASE_BACKGROUND_THREAD_H_
