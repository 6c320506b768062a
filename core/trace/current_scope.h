// The innermost scope of the calling thread; nullptr: no span is current.
#ifndef CERO_CORE_TRACE_CURRENT_SCOPE_H_
#define CERO_CORE_TRACE_CURRENT_SCOPE_H_

#include "cero/context.h"

namespace cero::core {

extern constinit thread_local const Scope* current_scope;

}  // namespace cero::core

#endif  // CERO_CORE_TRACE_CURRENT_SCOPE_H_
