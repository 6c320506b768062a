// A trace as a tree, a line a span: its name, its service, how long it took, and when within the
// trace.
#ifndef CERO_EXAMPLES_SHOP_DEMO_TRACE_PICTURE_H_
#define CERO_EXAMPLES_SHOP_DEMO_TRACE_PICTURE_H_

#include <string>
#include <string_view>
#include <vector>

namespace shop::demo {

// Finds the trace's spans among ExportTraceServiceRequests. 92 columns; says so when there are
// none.
std::string draw_trace(const std::vector<std::string>& requests, std::string_view trace_id_hex);

}  // namespace shop::demo

#endif  // CERO_EXAMPLES_SHOP_DEMO_TRACE_PICTURE_H_
