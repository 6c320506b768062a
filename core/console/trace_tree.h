// The spans of a trace, drawn as a tree for a person. The format is no interface.
//
//   trace 4bf92f3577b34da6a3ce929d0e0e4736, 3 spans, 12.3 ms
//   GET /checkout  12.3 ms  server  gateway [shop.http 1.0]
//   │ http.request.method="GET" http.route="/checkout"
//   ├─ GET inventory  5.10 ms at +1.20 ms  client
//   │  │ server.address="localhost"
//   │  └─ SELECT item  820 us at +2.00 ms  ERROR: no such table
//   │       * exception at +790 us  exception.message="no such table"
//   └─ render  1.10 ms at +10.9 ms
#ifndef CERO_CORE_CONSOLE_TRACE_TREE_H_
#define CERO_CORE_CONSOLE_TRACE_TREE_H_

#include <span>
#include <string>

#include "otlp/readable_span.h"

namespace cero::core {

struct TreeStyle {
  bool color = false;
};

// All spans of one trace that are at hand, in any order; not empty. One whose parent is not among
// them stands at the left and says so. Ends in a line break.
std::string draw_trace(std::span<const ReadableSpan> spans, const TreeStyle& style);

// A length of time with three digits and its unit, for example "12.3 ms".
std::string duration_text(uint64_t nanoseconds);

}  // namespace cero::core

#endif  // CERO_CORE_CONSOLE_TRACE_TREE_H_
