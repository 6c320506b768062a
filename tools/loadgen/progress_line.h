// A line that is rewritten in place while a long step runs. Says nothing where standard error is no
// terminal.
#ifndef CERO_TOOLS_LOADGEN_PROGRESS_LINE_H_
#define CERO_TOOLS_LOADGEN_PROGRESS_LINE_H_

#include <string_view>

namespace cero::loadgen {

class ProgressLine {
 public:
  ProgressLine();
  ~ProgressLine() { clear(); }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void show(std::string_view text);
  void clear();

 private:
  const bool is_terminal_;
  bool shown_ = false;
};

}  // namespace cero::loadgen

#endif  // CERO_TOOLS_LOADGEN_PROGRESS_LINE_H_
