// What the threads that record have counted for one runtime: in its rings, and where there was
// none.
#ifndef CERO_CORE_TRACE_PRODUCER_TOTALS_H_
#define CERO_CORE_TRACE_PRODUCER_TOTALS_H_

#include "cero/stats.h"
#include "trace/runtime.h"

namespace cero::core {

// Since the runtime was made, or since this process was forked: the spans that ended (recorded),
// those still in a ring (in_flight), and what was lost before it came into one.
Stats producer_totals(const Runtime& runtime) noexcept;

}  // namespace cero::core

#endif  // CERO_CORE_TRACE_PRODUCER_TOTALS_H_
