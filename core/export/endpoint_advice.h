// What a refusal says of the options of the endpoint, for somebody who has just set them.
#ifndef CERO_CORE_EXPORT_ENDPOINT_ADVICE_H_
#define CERO_CORE_EXPORT_ENDPOINT_ADVICE_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "cero/options.h"
#include "http/transport.h"

namespace cero::core {

// Goes on from the text of an answer that refused a request; empty: it may be about the request.
// `endpoint` is its place among the exporter's. Throws std::bad_alloc.
std::string wrong_endpoint_advice(const Completion& completion, Protocol protocol, size_t endpoint,
                                  std::string_view url);

}  // namespace cero::core

#endif  // CERO_CORE_EXPORT_ENDPOINT_ADVICE_H_
