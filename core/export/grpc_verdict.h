// The Verdict on a gRPC answer: its status stands in trailers, whatever the HTTP status is.
#ifndef CERO_CORE_EXPORT_GRPC_VERDICT_H_
#define CERO_CORE_EXPORT_GRPC_VERDICT_H_

#include <cstdint>

#include "export/verdict.h"
#include "http/transport.h"

namespace cero::core {

// An answer without a status gets the one that gRPC gives to its HTTP status. A request without an
// answer is judged as with HTTP: gRPC would call most broken streams INTERNAL, which may not be
// retried, and then spans would be lost that could be delivered.
// `response_bytes_max` bounds the message once it is inflated. Throws std::bad_alloc.
Verdict judge_grpc(const Completion& completion, uint32_t span_count, uint64_t response_bytes_max);

// Whether the server took the spans; needs no memory.
bool is_grpc_ok(const Completion& completion);

}  // namespace cero::core

#endif  // CERO_CORE_EXPORT_GRPC_VERDICT_H_
