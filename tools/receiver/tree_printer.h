// Prints the traces of --print as trees, each when its root has come or 5 s after its first span.
#ifndef CERO_TOOLS_RECEIVER_TREE_PRINTER_H_
#define CERO_TOOLS_RECEIVER_TREE_PRINTER_H_

#include <mutex>

#include "base/clock.h"
#include "console/console_exporter.h"
#include "receiver/reply.h"

namespace cero::receiver {

// Threads: any; requests come from the receiver's, tick() and flush() from the program's.
class TreePrinter {
 public:
  TreePrinter();

  Reply take(const RequestInfo& request);
  // Prints what has waited long enough for its root.
  void tick();
  void flush();

 private:
  const core::SystemClock clock_;
  std::mutex mutex_;
  core::ConsoleExporter exporter_;
};

}  // namespace cero::receiver

#endif  // CERO_TOOLS_RECEIVER_TREE_PRINTER_H_
