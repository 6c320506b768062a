// The ways without anybody in between: HTTP/1.1 in the clear, HTTP/2 over TLS with gzip, and gRPC.
#include "pipeline/field_by_field.h"

namespace cero::test {
namespace {

Way direct(Route route) {
  return {.name = to_text(route),
          .http_major = route == Route::http1_plain ? 1 : 2,
          .open = [route] { return std::make_unique<DirectBackend>(route); }};
}

INSTANTIATE_TEST_SUITE_P(Routes, FieldByField,
                         testing::Values(direct(Route::http1_plain), direct(Route::http2_tls_gzip),
                                         direct(Route::grpc_tls_gzip)),
                         [](const auto& way) { return way.param.name; });

}  // namespace
}  // namespace cero::test
