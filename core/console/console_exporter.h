// ConsoleExporter: prints traces for a person who debugs.
//
// A trace is held until its local root is there (a span without a parent, or whose parent is
// remote), but no longer than 5 s, and then printed as a tree. What comes later is printed by
// itself. At most 1000 spans are held; for room, the oldest trace goes first.
//
// Threads: one.
#ifndef CERO_CORE_CONSOLE_CONSOLE_EXPORTER_H_
#define CERO_CORE_CONSOLE_CONSOLE_EXPORTER_H_

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/clock.h"
#include "console/trace_tree.h"
#include "otlp/readable_span.h"

namespace cero::core {

class ConsoleExporter {
 public:
  using Sink = std::function<void(std::string_view text)>;

  static constexpr std::chrono::seconds kHoldTime{5};
  static constexpr size_t kHeldSpansMax = 1000;

  ConsoleExporter(const TreeStyle& style, const Clock& clock, Sink sink)
      : style_(style), clock_(clock), sink_(std::move(sink)) {}

  // An ExportTraceServiceRequest. False: the bytes are none, and nothing was printed.
  bool consume(std::string_view request);
  // Prints what is held for too long.
  void tick();
  // Prints all that is held.
  void flush();

  // When tick() has something to do; TimePoint::max() when nothing is held.
  TimePoint next_due() const;
  size_t held_count() const { return held_count_; }

 private:
  // Ids of printed traces that are remembered, to print what comes late at once.
  static constexpr size_t kPrintedMax = 1000;

  struct Trace {
    std::string id;
    std::vector<ReadableSpan> spans;
    TimePoint held_since;
    bool complete = false;  // its local root is there, or it was printed before
  };

  Trace& trace_of(const std::string& id);
  void hold(ReadableSpan span);
  void print(std::list<Trace>::iterator trace);
  void remember_printed(const std::string& id);

  const TreeStyle style_;
  const Clock& clock_;
  const Sink sink_;

  std::list<Trace> traces_;  // the oldest first
  std::unordered_map<std::string, std::list<Trace>::iterator> by_id_;
  size_t held_count_ = 0;
  std::deque<std::string> printed_order_;
  std::unordered_set<std::string> printed_;
};

}  // namespace cero::core

#endif  // CERO_CORE_CONSOLE_CONSOLE_EXPORTER_H_
