// The span that benches record: a server span with 0, 1, 5, 10 or 32 attributes, as an HTTP server
// would set them, one of them different in every span; every second one has a remote parent.
#ifndef CERO_BENCH_SUPPORT_SHOP_SPAN_H_
#define CERO_BENCH_SUPPORT_SHOP_SPAN_H_

#include <cstdint>
#include <vector>

#include "cero/tracer.h"
#include "driver/span_content.h"

namespace cero::bench {

// Read by all threads of a program.
using ParentContexts = std::vector<SpanContext>;
inline ParentContexts make_parents() {
  ParentContexts contexts;
  for (const ParentIds& ids : make_parent_ids()) {
    contexts.emplace_back(TraceId(ids.trace_id), SpanId(ids.span_id), TraceFlags::kSampled, true);
  }
  return contexts;
}

// Nobody's child and a remote parent's, in turn.
class Parents {
 public:
  explicit Parents(const ParentContexts& contexts) : contexts_(contexts) {}
  Parent next() noexcept {
    const size_t turn = turn_++ % (2 * kParents);
    return turn % 2 == 0 ? Parent::none() : Parent(contexts_[turn / 2]);
  }

 private:
  const ParentContexts& contexts_;
  size_t turn_ = 0;
};

[[gnu::always_inline]] inline void set_22_more(Span& span) {
  span.set_attribute("url.scheme", "https");
  span.set_attribute("url.query", "page=2");
  span.set_attribute("server.port", 443);
  span.set_attribute("client.port", 51234);
  span.set_attribute("network.peer.address", "192.0.2.18");
  span.set_attribute("network.peer.port", 44321);
  span.set_attribute("network.transport", "tcp");
  span.set_attribute("network.type", "ipv4");
  span.set_attribute("user_agent.original", "ShopApp/7.2.1 (Android 14)");
  span.set_attribute("http.request.body.size", 0);
  span.set_attribute("http.response.body.size", 5120);
  span.set_attribute("http.request.resend_count", 0);
  span.set_attribute("cloud.region", "eu-central-1");
  span.set_attribute("cloud.availability_zone", "eu-central-1b");
  span.set_attribute("deployment.environment.name", "production");
  span.set_attribute("thread.id", 17);
  span.set_attribute("thread.name", "http-worker-3");
  span.set_attribute("code.function.name", "serve_item");
  span.set_attribute("code.line.number", 217);
  span.set_attribute("shop.cache.hit", false);
  span.set_attribute("shop.discount.rate", 0.15);
  span.set_attribute("shop.tenant", "tenant-0042");
}

template <int kAttributes>
[[gnu::always_inline]] inline void set_attributes(Span& span, Varying& varying) {
  static_assert(kAttributes == 0 || kAttributes == 1 || kAttributes == 5 || kAttributes == 10 ||
                kAttributes == 32);
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
  if constexpr (kAttributes >= 32) set_22_more(span);
}

template <int kAttributes>
[[gnu::always_inline]] inline void record_span(Tracer& tracer, Varying& varying, Parents& parents) {
  Span span = tracer.start_span("GET /api/items/{id}",
                                {.kind = SpanKind::server, .parent = parents.next()});
  set_attributes<kAttributes>(span, varying);
  span.set_status(StatusCode::ok);
}

}  // namespace cero::bench

#endif  // CERO_BENCH_SUPPORT_SHOP_SPAN_H_
