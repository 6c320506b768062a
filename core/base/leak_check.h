// For builds with the address sanitizer: its leak checker does not look into mapped memory unless
// told to. Nothing otherwise.
#ifndef CERO_CORE_BASE_LEAK_CHECK_H_
#define CERO_CORE_BASE_LEAK_CHECK_H_

#include <cstddef>

#if defined(__SANITIZE_ADDRESS__)
#define CERO_LEAK_CHECK
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CERO_LEAK_CHECK
#endif
#endif

#ifdef CERO_LEAK_CHECK
extern "C" void __lsan_register_root_region(const void* begin, size_t bytes);
extern "C" void __lsan_ignore_object(const void* object);
#endif

namespace cero::core {

// What this memory points to is in use.
inline void look_for_pointers_in([[maybe_unused]] const void* memory,
                                 [[maybe_unused]] size_t bytes) noexcept {
#ifdef CERO_LEAK_CHECK
  __lsan_register_root_region(memory, bytes);
#endif
}

// A forked child gives up what it has inherited without destroying it, with all it points to.
inline void leave_behind([[maybe_unused]] const void* object) noexcept {
#ifdef CERO_LEAK_CHECK
  if (object != nullptr) __lsan_ignore_object(object);
#endif
}

}  // namespace cero::core

#endif  // CERO_CORE_BASE_LEAK_CHECK_H_
