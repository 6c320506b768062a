// What somebody who debugs wants to know first: which spans go where, and how.
#ifndef CERO_CORE_START_LINE_H_
#define CERO_CORE_START_LINE_H_

#include <string>

#include "config/valid_options.h"
#include "trace/resource.h"

namespace cero::core {

// No secret is in it: of headers the names, of URLs what without_secrets() leaves.
std::string start_line(const ValidOptions& options, const Resource& resource);

}  // namespace cero::core

#endif  // CERO_CORE_START_LINE_H_
