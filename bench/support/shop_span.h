// The span that benches record: a server span with 0, 1, 5 or 10 attributes, as an HTTP server
// would set them, one of them different in every span.
#ifndef CERO_BENCH_SUPPORT_SHOP_SPAN_H_
#define CERO_BENCH_SUPPORT_SHOP_SPAN_H_

#include <cstdint>

#include "cero/tracer.h"

namespace cero::bench {

// Content that varies, at the cost of one multiplication.
class Varying {
 public:
  int64_t next() noexcept {
    return static_cast<int64_t>(state_ = state_ * 6364136223846793005u + 1442695040888963407u);
  }

 private:
  uint64_t state_ = 1;
};

template <int kAttributes>
[[gnu::always_inline]] inline void set_attributes(Span& span, Varying& varying) {
  if constexpr (kAttributes >= 1) span.set_attribute("http.request.method", "GET");
  if constexpr (kAttributes >= 5) {
    span.set_attribute("url.path", "/api/items/12345");
    span.set_attribute("http.response.status_code", 200);
    span.set_attribute("server.address", "shop.example.com");
    span.set_attribute("user.id", varying.next());
  }
  if constexpr (kAttributes >= 10) {
    span.set_attribute("client.address", "192.0.2.17");
    span.set_attribute("network.protocol.version", "1.1");
    span.set_attribute("http.route", "/api/items/{id}");
    span.set_attribute("shop.cart.total", 129.95);
    span.set_attribute("shop.member", true);
  }
  static_assert(kAttributes == 0 || kAttributes == 1 || kAttributes == 5 || kAttributes == 10);
}

template <int kAttributes>
[[gnu::always_inline]] inline void record_span(Tracer& tracer, Varying& varying) {
  Span span = tracer.start_span("GET /api/items/{id}", {.kind = SpanKind::server});
  set_attributes<kAttributes>(span, varying);
  span.set_status(StatusCode::ok);
}

}  // namespace cero::bench

#endif  // CERO_BENCH_SUPPORT_SHOP_SPAN_H_
