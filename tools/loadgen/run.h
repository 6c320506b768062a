// One run: threads make spans, the provider delivers them, the ledger is read.
#ifndef CERO_TOOLS_LOADGEN_RUN_H_
#define CERO_TOOLS_LOADGEN_RUN_H_

#include "cero/result.h"
#include "cero/tracer_provider.h"
#include "loadgen/options.h"
#include "loadgen/report.h"
#include "loadgen/stop_signal.h"

namespace cero::loadgen {

// Ends when the options' duration is over or a signal asks for it. Fails before the first span, or
// when a worker is lost.
Result<LoadResult> run(const LoadOptions& options, StopSignal& stop_signal);

// What each process that makes spans does with its provider; it is shut down when this returns.
LoadResult run_load(TracerProvider& provider, const LoadOptions& options, StopSignal& stop_signal);

}  // namespace cero::loadgen

#endif  // CERO_TOOLS_LOADGEN_RUN_H_
