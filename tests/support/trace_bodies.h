// Request bodies as a service makes them: routes, ids, users and errors vary by seed; made with the
// protobuf messages.
#ifndef CERO_TESTS_SUPPORT_TRACE_BODIES_H_
#define CERO_TESTS_SUPPORT_TRACE_BODIES_H_

#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>

#include "otlp/trace.pb.h"

namespace cero::test {

class TraceBodies {
 public:
  explicit TraceBodies(uint64_t seed) : random_(seed) {}

  // An ExportTraceServiceRequest of spans with 10 attributes and ids of their own.
  std::string next(int span_count) {
    otlp::ExportTraceServiceRequest request;
    otlp::ResourceSpans* resource_spans = request.add_resource_spans();
    add(resource_spans->mutable_resource()->mutable_attributes(), "service.name", "shop-gateway");
    otlp::ScopeSpans* scope_spans = resource_spans->add_scope_spans();
    scope_spans->mutable_scope()->set_name("shop.http");
    for (int i = 0; i < span_count; ++i) fill(scope_spans->add_spans());
    return request.SerializeAsString();
  }

 private:
  static constexpr std::array<std::string_view, 8> kRoutes = {
      "/api/v1/orders/{id}", "/api/v1/orders", "/api/v1/items/{sku}", "/api/v1/cart",
      "/api/v1/users/{id}",  "/healthz",       "/api/v1/search",      "/api/v1/checkout"};
  static constexpr std::array<std::string_view, 4> kMethods = {"GET", "GET", "POST", "PUT"};

  using Attributes = google::protobuf::RepeatedPtrField<otlp::KeyValue>;

  static otlp::AnyValue* add(Attributes* attributes, std::string_view key) {
    otlp::KeyValue* attribute = attributes->Add();
    attribute->set_key(std::string(key));
    return attribute->mutable_value();
  }
  static void add(Attributes* attributes, std::string_view key, std::string_view value) {
    add(attributes, key)->set_string_value(std::string(value));
  }
  static void add(Attributes* attributes, std::string_view key, uint64_t value) {
    add(attributes, key)->set_int_value(static_cast<int64_t>(value));
  }

  std::string id(size_t size) {
    std::string bytes(size, '\0');
    for (char& c : bytes) c = static_cast<char>(random_());
    return bytes;
  }

  void fill(otlp::Span* span) {
    const std::string_view route = kRoutes[random_() % kRoutes.size()];
    const std::string_view method = kMethods[random_() % kMethods.size()];
    const uint64_t status = random_() % 50 == 0 ? 500 : 200;
    const std::string user = "user-" + std::to_string(random_() % 100'000);
    now_ += random_() % 1'000'000;
    span->set_trace_id(id(16));
    span->set_span_id(id(8));
    span->set_parent_span_id(id(8));
    span->set_name(std::string(method) + " " + std::string(route));
    span->set_kind(2);
    span->set_start_time_unix_nano(now_);
    span->set_end_time_unix_nano(now_ + random_() % 20'000'000);
    span->set_flags(0x101);
    Attributes* attributes = span->mutable_attributes();
    add(attributes, "http.request.method", method);
    add(attributes, "http.route", route);
    add(attributes, "url.path", std::string(route) + "/" + std::to_string(random_() % 1'000'000));
    add(attributes, "url.scheme", "https");
    add(attributes, "server.address", "gateway.shop.example");
    add(attributes, "client.address", "10.1." + std::to_string(random_() % 256) + ".17");
    add(attributes, "user_agent.original", "Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0");
    add(attributes, "enduser.id", user);
    add(attributes, "http.response.status_code", status);
    add(attributes, "http.response.body.size", random_() % 65'536);
    if (status == 500) span->mutable_status()->set_code(2);
  }

  std::mt19937_64 random_;
  uint64_t now_ = 1'750'000'000'000'000'000;
};

}  // namespace cero::test

#endif  // CERO_TESTS_SUPPORT_TRACE_BODIES_H_
