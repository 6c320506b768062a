// Requests for the console's tests: spans of which only ids, parents and names matter.
#ifndef CERO_TESTS_CONSOLE_CONSOLE_SPANS_H_
#define CERO_TESTS_CONSOLE_CONSOLE_SPANS_H_

#include <string>
#include <vector>

#include "otlp/trace.pb.h"

namespace cero::test {

struct ConsoleSpan {
  char trace;  // each id is this character over and over
  char id;
  char parent = 0;  // 0: none
  bool parent_is_remote = false;
};

inline std::string request_of(const std::vector<ConsoleSpan>& spans) {
  otlp::ExportTraceServiceRequest request;
  otlp::ScopeSpans* scope_spans = request.add_resource_spans()->add_scope_spans();
  for (const ConsoleSpan& one : spans) {
    otlp::Span* span = scope_spans->add_spans();
    span->set_trace_id(std::string(16, one.trace));
    span->set_span_id(std::string(8, one.id));
    if (one.parent != 0) span->set_parent_span_id(std::string(8, one.parent));
    span->set_name(std::string("span-") + one.trace + one.id);
    span->set_kind(1);
    span->set_flags(one.parent_is_remote ? 0x301 : 0x101);
  }
  return request.SerializeAsString();
}

}  // namespace cero::test

#endif  // CERO_TESTS_CONSOLE_CONSOLE_SPANS_H_
