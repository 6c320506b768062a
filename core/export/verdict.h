// Verdict: what one completion means for the spans of its batch.
#ifndef CERO_CORE_EXPORT_VERDICT_H_
#define CERO_CORE_EXPORT_VERDICT_H_

#include <cstdint>
#include <string>

#include "http/transport.h"

namespace cero::core {

struct Verdict {
  enum class Kind {
    delivered,         // the backend has them, but for `rejected`
    retry,             // the same request may fare better later
    refused,           // it never will
    encoding_refused,  // it may, encoded in another way
  };
  Kind kind = Kind::refused;
  uint32_t rejected = 0;     // at most the batch's spans
  bool unreadable = false;   // delivered, but the answer is no OTLP message
  std::string message = {};  // the server's, or why there was no answer
};

Verdict judge(const Completion& completion, uint32_t span_count);

}  // namespace cero::core

#endif  // CERO_CORE_EXPORT_VERDICT_H_
