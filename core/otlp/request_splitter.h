// split_request(): one encoded ExportTraceServiceRequest as two, for a backend that finds it too
// large.
//
// Each half keeps the resource and the scopes of its spans, and all other fields as they are; a
// scope that has spans in both is in both. Nothing of a span is decoded.
#ifndef CERO_CORE_OTLP_REQUEST_SPLITTER_H_
#define CERO_CORE_OTLP_REQUEST_SPLITTER_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace cero::core {

struct RequestHalves {
  std::string first;
  std::string second;
};

// The first half gets `first_span_count` spans, the second the rest. False: the request is damaged,
// or has no more spans than that. Throws std::bad_alloc.
[[nodiscard]] bool split_request(std::string_view request, uint32_t first_span_count,
                                 RequestHalves* halves);

}  // namespace cero::core

#endif  // CERO_CORE_OTLP_REQUEST_SPLITTER_H_
