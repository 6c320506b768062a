// What this process's libcurl makes of the exporter's options, which is known before the first
// request.
//
// Each answer is the rest of a sentence that begins with the option's name (and the endpoint's
// value, which is not repeated: it may hold a secret), and says the fix. nullopt: it can do what is
// asked for. Throws std::bad_alloc.
#ifndef CERO_CORE_HTTP_TRANSPORT_CHECK_H_
#define CERO_CORE_HTTP_TRANSPORT_CHECK_H_

#include <cstdint>
#include <optional>
#include <string>

#include "cero/options.h"

namespace cero::core {

// With the libraries that it uses.
std::string libcurl_version();

// Before 8.0 it breaks h2c when it reuses a connection, and spins while flow control holds an
// HTTP/2 upload back.
bool is_old_libcurl();

std::optional<std::string> endpoint_problem(const std::string& endpoint);
// For Protocol::http_protobuf.
std::optional<std::string> http_version_problem(HttpVersion version);
// The bytes of one request that may wait for HTTP/2 flow control in a libcurl that does not wait
// well. nullopt: no bound is needed.
std::optional<uint32_t> upload_window(const Exporter& exporter);
// For Protocol::grpc; the option is exporter.protocol. `version` is what its scheme made of it. The
// fix is open: the caller ends it with ", or" and the protocol that works.
std::optional<std::string> grpc_problem(HttpVersion version);

}  // namespace cero::core

#endif  // CERO_CORE_HTTP_TRANSPORT_CHECK_H_
