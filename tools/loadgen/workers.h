// Workers: processes forked after the provider exists, as a pre-forking server has them. Each makes
// its share of the spans through the provider it inherited; the parent makes none.
#ifndef CERO_TOOLS_LOADGEN_WORKERS_H_
#define CERO_TOOLS_LOADGEN_WORKERS_H_

#include "cero/result.h"
#include "cero/tracer_provider.h"
#include "loadgen/options.h"
#include "loadgen/report.h"
#include "loadgen/stop_signal.h"

namespace cero::loadgen {

// Forks options.forks of them and waits: the sum of all, the parent's own ledger too. Fails when
// one ends without its report, which would leave a hole in the ledger.
Result<LoadResult> run_workers(TracerProvider& provider, const LoadOptions& options,
                               StopSignal& stop_signal);

}  // namespace cero::loadgen

#endif  // CERO_TOOLS_LOADGEN_WORKERS_H_
