// The command line of the example.
#ifndef CERO_EXAMPLES_PREFORKING_OPTIONS_H_
#define CERO_EXAMPLES_PREFORKING_OPTIONS_H_

#include <optional>

namespace preforking {

struct ServerOptions {
  int workers = 4;     // processes at a time
  int forks = 20;      // processes in all: one that has served its requests is replaced
  int requests = 100;  // that a worker serves before it ends
  int threads = 2;     // of each worker
  int clients = 4;     // threads of the master that ask for something all the time
};

// Nothing: `exit_code` is the program's.
std::optional<ServerOptions> parse_options(int argc, char** argv, int& exit_code);

}  // namespace preforking

#endif  // CERO_EXAMPLES_PREFORKING_OPTIONS_H_
