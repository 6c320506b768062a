// ScopeInfo: one instrumentation scope, encoded. Interned for the whole process and never freed, so
// that records and tracers may hold it without counting: there are as many as there are distinct
// get_tracer() calls in the source. Names made at run time could grow it for ever: there is a
// bound.
#ifndef CERO_CORE_BASE_SCOPE_INFO_H_
#define CERO_CORE_BASE_SCOPE_INFO_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "cero/attribute.h"

namespace cero::core {

struct ScopeInfo {
  std::string encoded;  // the content of OTLP's InstrumentationScope: equal scopes have equal bytes
  std::string schema_url;
};

constexpr size_t kScopesMax = 10'000;

// Any thread; locks and may allocate. nullptr: no memory, or a new one beyond kScopesMax.
const ScopeInfo* intern_scope(std::string_view name, std::string_view version,
                              std::string_view schema_url, Attributes attributes) noexcept;

// Around a fork: the table is whole in the child.
void lock_scopes() noexcept;
void unlock_scopes() noexcept;

}  // namespace cero::core

#endif  // CERO_CORE_BASE_SCOPE_INFO_H_
