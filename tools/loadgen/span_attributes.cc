#include "loadgen/span_attributes.h"

#include <array>
#include <string>

namespace cero::loadgen {
namespace {

constexpr uint32_t kAttributesMax = 128;

// Keys for those who ask for more attributes than the conventions have; real keys are literals.
const std::array<std::string, kAttributesMax> kExtraKeys = [] {
  std::array<std::string, kAttributesMax> keys;
  for (size_t i = 0; i < keys.size(); ++i) keys[i] = "shop.detail." + std::to_string(i + 1);
  return keys;
}();

// Passes on the first `left` attributes. Inlined, so that a literal key stays one to the compiler.
class Setter {
 public:
  Setter(Span& span, uint32_t count) : span_(span), left_(count) {}

  template <typename T>
  [[gnu::always_inline]] void operator()(std::string_view key, const T& value) noexcept {
    if (left_ == 0) return;
    --left_;
    span_.set_attribute(key, value);
  }

  uint32_t left() const { return left_; }

 private:
  Span& span_;
  uint32_t left_;
};

void set_http(Setter& set, const SpanContent& content) noexcept {
  set("http.request.method", content.method);
  set("url.path", content.path.view());
  set("http.response.status_code", content.status);
  set("http.route", content.route);
  set("server.address", content.host);
  set("server.port", content.port);
  set("user.id", content.user.view());
  set("client.address", content.client_address.view());
  set("user_agent.original", content.user_agent);
  set("http.response.body.size", content.size);
  set("network.protocol.version", std::string_view("1.1"));
  set("url.scheme", std::string_view("https"));
  set("shop.order.id", content.order.view());
  set("cloud.region", content.region);
}

void set_database(Setter& set, const SpanContent& content) noexcept {
  set("db.system.name", content.system);
  set("db.query.text", content.statement);
  set("db.collection.name", content.table);
  set("db.query.summary", content.name);
  set("server.address", content.host);
  set("server.port", content.port);
  set("db.response.returned_rows", content.rows);
  set("user.id", content.user.view());
  set("db.namespace", std::string_view("shop"));
  set("shop.order.id", content.order.view());
  set("cloud.region", content.region);
}

void set_compute(Setter& set, const SpanContent& content) noexcept {
  set("code.function.name", content.function);
  set("code.file.path", content.source_file);
  set("user.id", content.user.view());
  set("shop.order.id", content.order.view());
  set("shop.order.amount", content.amount);
  set("shop.cached", content.cached);
  set("code.line.number", content.size);
  set("cloud.region", content.region);
}

void set_extra(Setter& set, const SpanContent& content) noexcept {
  for (size_t i = 0; set.left() > 0; ++i) {
    switch (i % 4) {
      case 0:
        set(kExtraKeys[i], content.size + i);
        break;
      case 1:
        set(kExtraKeys[i], content.order.view());
        break;
      case 2:
        set(kExtraKeys[i], content.amount);
        break;
      default:
        set(kExtraKeys[i], content.cached);
        break;
    }
  }
}

}  // namespace

void set_attributes(Span& span, const SpanContent& content, uint32_t count) noexcept {
  Setter set(span, count < kAttributesMax ? count : kAttributesMax);
  switch (content.operation) {
    case Operation::serve:
    case Operation::call:
      set_http(set, content);
      break;
    case Operation::query:
      set_database(set, content);
      break;
    case Operation::compute:
      set_compute(set, content);
      break;
  }
  set_extra(set, content);
}

}  // namespace cero::loadgen
