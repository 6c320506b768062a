// Verdict: what one completion means for the spans of its batch.
#ifndef CERO_CORE_EXPORT_VERDICT_H_
#define CERO_CORE_EXPORT_VERDICT_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/transport.h"

namespace cero::core {

struct Verdict {
  enum class Kind {
    delivered,         // the backend has them, but for `rejected`
    retry,             // the same request may fare better later
    refused,           // it never will
    encoding_refused,  // it may, encoded in another way
    too_large,         // its halves may fare better
  };
  Kind kind = Kind::refused;
  uint32_t rejected = 0;     // at most the batch's spans
  bool unreadable = false;   // delivered, but the answer is no OTLP message
  std::string message = {};  // the server's, or why there was no answer
  // retry, gRPC: the least that the server asks to wait.
  std::optional<std::chrono::nanoseconds> retry_delay = {};
};

// Of an answer over HTTP, and of a request that got none.
Verdict judge(const Completion& completion, uint32_t span_count);

// The same of an answer that is compressed, though it was not asked for: a server may do so with
// one over HTTP. What is no gzip, or inflates to more than bytes_max, stays as it is.
Verdict judge_inflated(const Completion& completion, uint32_t span_count, uint64_t bytes_max);

// Of the OTLP message of an answer that is a success.
Verdict judge_response(std::string_view message, uint32_t span_count);

// For what servers say in words alone. `lower` is in lower case.
bool contains_ignoring_case(std::string_view text, std::string_view lower);

}  // namespace cero::core

#endif  // CERO_CORE_EXPORT_VERDICT_H_
