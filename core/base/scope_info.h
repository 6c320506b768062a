// ScopeInfo: one instrumentation scope, encoded. Interned for the whole process and never freed, so
// that records and tracers may hold it without counting: there are as many as there are distinct
// get_tracer() calls in the source.
#ifndef CERO_CORE_BASE_SCOPE_INFO_H_
#define CERO_CORE_BASE_SCOPE_INFO_H_

#include <string>
#include <string_view>

#include "cero/attribute.h"

namespace cero::core {

struct ScopeInfo {
  std::string encoded;  // the content of OTLP's InstrumentationScope: equal scopes have equal bytes
  std::string schema_url;
};

// Any thread; locks and may allocate. nullptr: no memory.
const ScopeInfo* intern_scope(std::string_view name, std::string_view version,
                              std::string_view schema_url, Attributes attributes) noexcept;

}  // namespace cero::core

#endif  // CERO_CORE_BASE_SCOPE_INFO_H_
