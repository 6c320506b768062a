// Keeps cero, or the plugin that it is linked into, from being unloaded by dlclose(): threads that
// recorded have exit handlers in it, and late background threads and the handlers of fork() run in
// it.
#ifndef CERO_CORE_BASE_LIBRARY_PIN_H_
#define CERO_CORE_BASE_LIBRARY_PIN_H_

namespace cero::core {

// Once is enough; again is harmless.
void pin_library() noexcept;

}  // namespace cero::core

#endif  // CERO_CORE_BASE_LIBRARY_PIN_H_
