// What each endpoint of an exporter has of its own: URL, headers, and the HTTP version that its
// scheme allows.
#ifndef CERO_CORE_CONFIG_ENDPOINT_OPTIONS_H_
#define CERO_CORE_CONFIG_ENDPOINT_OPTIONS_H_

#include <string_view>
#include <vector>

#include "cero/options.h"
#include "config/problems.h"

namespace cero::core {

// The exporter once for each endpoint, as the transport takes it: an endpoint without a path comes
// back with "/", one of gRPC with its service's path and its http_version.
std::vector<Exporter> complete_endpoints(const Exporter& exporter, Problems& problems);

// What is wrong with a header as no HTTP can send it, without its content; empty: nothing.
std::string_view unsendable_header(std::string_view name, std::string_view value);

// Headers that say how the body is sent.
bool is_set_by_cero(std::string_view header);
// The same, with Protocol::grpc alone.
bool belongs_to_grpc(std::string_view header);

}  // namespace cero::core

#endif  // CERO_CORE_CONFIG_ENDPOINT_OPTIONS_H_
