// What can be known to be wrong with the exporter's options before the first request.
#ifndef CERO_CORE_HTTP_TRANSPORT_CHECK_H_
#define CERO_CORE_HTTP_TRANSPORT_CHECK_H_

#include <string>
#include <vector>

#include "cero/options.h"

namespace cero::core {

// Everything that libcurl would fail at: one sentence for each problem, naming the option and the
// fix. No sentence holds a header's value or the URL, which may hold a secret.
std::vector<std::string> transport_problems(const Exporter& options);

}  // namespace cero::core

#endif  // CERO_CORE_HTTP_TRANSPORT_CHECK_H_
