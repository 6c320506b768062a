#include "receiver/live_line.h"

#include <unistd.h>

#include <cstdio>
#include <string>

namespace cero::receiver {
namespace {

std::string version_list(const Counts& counts) {
  std::string list;
  for (const auto& entry : counts.http_versions) {
    list += (list.empty() ? "HTTP/" : ", HTTP/") + entry.first;
  }
  return list.empty() ? "no request yet" : list;
}

}  // namespace

LiveLine::LiveLine() : is_terminal_(isatty(STDERR_FILENO) == 1) {}

std::chrono::milliseconds LiveLine::interval() const {
  return std::chrono::milliseconds(is_terminal_ ? 250 : 1000);
}

void LiveLine::show(const Counts& counts) {
  const Clock::time_point now = Clock::now();
  const double seconds = std::chrono::duration<double>(now - shown_at_).count();
  const double rate =
      seconds > 0 ? static_cast<double>(counts.spans - spans_shown_) / seconds : 0.0;
  shown_at_ = now;
  spans_shown_ = counts.spans;
  // On a terminal: back to the start of the line, and clear what is left of the last one.
  std::fprintf(stderr, "%s%llu spans, %.0f spans/s, %.1f MB, %llu requests, %llu connections, %s%s",
               is_terminal_ ? "\r\x1b[K" : "", static_cast<unsigned long long>(counts.spans), rate,
               static_cast<double>(counts.bytes) / 1e6,
               static_cast<unsigned long long>(counts.requests),
               static_cast<unsigned long long>(counts.connections), version_list(counts).c_str(),
               is_terminal_ ? "" : "\n");
  std::fflush(stderr);
}

void LiveLine::end() const {
  if (is_terminal_) std::fputc('\n', stderr);
}

}  // namespace cero::receiver
