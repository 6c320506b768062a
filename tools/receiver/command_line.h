// The options of cero-receiver.
#ifndef CERO_TOOLS_RECEIVER_COMMAND_LINE_H_
#define CERO_TOOLS_RECEIVER_COMMAND_LINE_H_

#include <optional>
#include <string>

#include "receiver/receiver.h"

namespace cero::receiver {

struct CommandLine {
  ReceiverOptions receiver;
  std::string ca_file;  // where to write the throwaway CA's certificate; empty: nowhere
  bool prints_trees = false;
  bool prints_json = false;
  bool shows_counts = false;
};

// Nothing when the program is to end at once (help, or options that do not fit: both are told to
// the user here), with `exit_code` set.
std::optional<CommandLine> parse_command_line(int argc, char** argv, int& exit_code);

}  // namespace cero::receiver

#endif  // CERO_TOOLS_RECEIVER_COMMAND_LINE_H_
