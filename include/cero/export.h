// CERO_API marks what libcero exports; all else is hidden.
// CERO_LIFETIMEBOUND marks what a view points to, so that a compiler which knows it (clang) warns
// of a view that outlives it.
#ifndef CERO_EXPORT_H_
#define CERO_EXPORT_H_

#define CERO_API [[gnu::visibility("default")]]

#if defined(__has_cpp_attribute) && __has_cpp_attribute(clang::lifetimebound)
#define CERO_LIFETIMEBOUND [[clang::lifetimebound]]
#else
#define CERO_LIFETIMEBOUND
#endif

#endif  // CERO_EXPORT_H_
