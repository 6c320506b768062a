// CERO_ASSERT: programmer errors stop the program, in every build but release.
#ifndef CERO_CORE_BASE_ASSERT_H_
#define CERO_CORE_BASE_ASSERT_H_

#ifdef CERO_ASSERTS
namespace cero::core {
[[noreturn]] void assert_failed(const char* condition, const char* file, int line) noexcept;
}  // namespace cero::core
#define CERO_ASSERT(condition) \
  ((condition) ? void(0) : ::cero::core::assert_failed(#condition, __FILE__, __LINE__))
#else
// Not evaluated, but compiled: what only assertions use is used in release too.
#define CERO_ASSERT(condition) void(sizeof(bool(condition)))
#endif

#endif  // CERO_CORE_BASE_ASSERT_H_
