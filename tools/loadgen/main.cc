// cero-loadgen: makes realistic spans, delivers them, prints the ledger. `cero-loadgen --help` has
// the flags.
#include <cstdio>

#include "loadgen/figures.h"
#include "loadgen/ledger.h"
#include "loadgen/options.h"
#include "loadgen/report.h"
#include "loadgen/run.h"

using namespace cero::loadgen;

int main(int argc, char** argv) {
  CommandLine command_line = parse_command_line(argc, argv);
  if (!command_line.options) {
    std::fputs(command_line.text.c_str(), command_line.exit_code == 0 ? stdout : stderr);
    return command_line.exit_code;
  }
  LoadOptions& options = *command_line.options;
  prepare_environment(options);

  StopSignal stop_signal;
  const cero::Result<LoadResult> result = run(options, stop_signal);
  if (!result) {
    std::fprintf(stderr, "cero-loadgen: %s\n", result.error().message().c_str());
    return 2;
  }
  if (options.json) {
    std::fprintf(
        stderr, "cero-loadgen: %s of the clock's own are subtracted from each reading of span_ns\n",
        nanoseconds(result->clock_cost_ns).c_str());
    std::fputs(to_json(*result).c_str(), stdout);
  } else {
    std::fputs(to_table(*result).c_str(), stdout);
  }
  return is_lossless(result->stats) ? 0 : 1;
}
