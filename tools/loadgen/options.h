// What cero-loadgen can be told, and the reading of its command line.
#ifndef CERO_TOOLS_LOADGEN_OPTIONS_H_
#define CERO_TOOLS_LOADGEN_OPTIONS_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cero/options.h"

namespace cero::loadgen {

struct LoadOptions {
  std::optional<double> spans_per_second =
      1'000;  // all processes and threads together; unset: as fast as they can
  std::chrono::duration<double> duration{10};
  uint32_t forks = 0;    // processes forked after the provider exists; 0: this one makes the spans
  uint32_t threads = 1;  // of each process
  uint32_t attributes = 10;
  uint32_t spans_per_trace = 8;
  uint64_t seed = 1;  // of the content; ids are always random
  bool json = false;
  bool shows_progress = true;  // on a terminal

  // What the flags say; TracerProvider::from_environment adds what OTEL_* variables say.
  Options provider;
  // Variables that a flag replaces: they must be gone before the environment is read.
  std::vector<std::string> replaced_variables;
};

struct CommandLine {
  std::optional<LoadOptions> options;  // unset: print `text` and exit
  int exit_code = 0;                   // 0 after --help, 2 after an error
  std::string text;
};

CommandLine parse_command_line(int argc, const char* const* argv);

// Takes the replaced variables out of this process's environment and names the service unless
// something else does.
void prepare_environment(LoadOptions& options);

}  // namespace cero::loadgen

#endif  // CERO_TOOLS_LOADGEN_OPTIONS_H_
