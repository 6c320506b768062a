#include "receiver/tree_printer.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace cero::receiver {
namespace {

// Colour only where a person looks; NO_COLOR is the common way to refuse it.
bool wants_color() { return isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr; }

void print(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

}  // namespace

TreePrinter::TreePrinter() : exporter_({.color = wants_color()}, clock_, print) {}

Reply TreePrinter::take(const RequestInfo& request) {
  const std::lock_guard lock(mutex_);
  if (exporter_.consume(request.body)) return {};
  return error_reply(400, "the body is not a valid ExportTraceServiceRequest");
}

void TreePrinter::tick() {
  const std::lock_guard lock(mutex_);
  exporter_.tick();
}

void TreePrinter::flush() {
  const std::lock_guard lock(mutex_);
  exporter_.flush();
}

}  // namespace cero::receiver
