#include "loadgen/span_content.h"

#include <charconv>
#include <cstring>

namespace cero::loadgen {
namespace {

struct Route {
  std::string_view method;
  std::string_view route;       // a low-cardinality template, as semantic conventions have it
  std::string_view span_name;   // "METHOD route"
  std::string_view path_start;  // followed by an id when not empty
  std::string_view path_end;
};

constexpr Route kRoutes[] = {
    {"GET", "/products", "GET /products", "/products?page=", ""},
    {"GET", "/products/{id}", "GET /products/{id}", "/products/", ""},
    {"GET", "/products/{id}/reviews", "GET /products/{id}/reviews", "/products/", "/reviews"},
    {"GET", "/search", "GET /search", "/search?q=mackerel&page=", ""},
    {"POST", "/carts/{id}/items", "POST /carts/{id}/items", "/carts/", "/items"},
    {"DELETE", "/carts/{id}/items/{item}", "DELETE /carts/{id}/items/{item}", "/carts/",
     "/items/1"},
    {"POST", "/carts/{id}/checkout", "POST /carts/{id}/checkout", "/carts/", "/checkout"},
    {"GET", "/orders/{id}", "GET /orders/{id}", "/orders/", ""},
    {"PUT", "/users/{id}/address", "PUT /users/{id}/address", "/users/", "/address"},
    {"GET", "/users/{id}/recommendations", "GET /users/{id}/recommendations", "/users/",
     "/recommendations"},
};

struct Query {
  std::string_view system;
  std::string_view span_name;
  std::string_view table;
  std::string_view statement;
};

constexpr Query kQueries[] = {
    {"postgresql", "SELECT products", "products",
     "SELECT id, name, price_cents FROM products WHERE category = $1 LIMIT 20"},
    {"postgresql", "SELECT orders", "orders",
     "SELECT * FROM orders WHERE user_id = $1 ORDER BY created_at DESC"},
    {"postgresql", "INSERT orders", "orders",
     "INSERT INTO orders (id, user_id, total_cents) VALUES ($1, $2, $3)"},
    {"postgresql", "UPDATE stock", "stock",
     "UPDATE stock SET quantity = quantity - $2 WHERE product_id = $1 AND quantity >= $2"},
    {"redis", "GET session", "session", "GET session:?"},
    {"redis", "SETEX session", "session", "SETEX session:? 1800 ?"},
};

struct Function {
  std::string_view name;
  std::string_view file;
};

constexpr Function kFunctions[] = {
    {"price_cart", "shop/pricing.cc"},
    {"render_page", "shop/render.cc"},
    {"authorize", "shop/auth.cc"},
    {"apply_coupons", "shop/pricing.cc"},
    {"rank_recommendations", "shop/recommend.cc"},
};

struct Failure {
  int32_t status;
  std::string_view type;
  std::string_view message;
};

constexpr Failure kFailures[] = {
    {500, "std::runtime_error", "payment provider closed the connection"},
    {503, "shop::Overloaded", "no worker was free within 250 ms"},
    {504, "shop::Timeout", "inventory did not answer within 1 s"},
};

constexpr std::string_view kHosts[] = {"shop.example.com", "inventory.internal",
                                       "payments.internal", "users.internal"};
constexpr std::string_view kRegions[] = {"ap-northeast-1", "eu-central-1", "us-east-1"};
constexpr std::string_view kUserAgents[] = {
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15",
    "ShopApp/7.2.1 (Android 14)",
    "curl/7.88.1",
};

template <typename T, size_t kCount>
const T& pick(Random& random, const T (&from)[kCount]) {
  return from[random.below(kCount)];
}

}  // namespace

void ShortText::append(std::string_view text) {
  const size_t room = text_.size() - size_;
  const size_t size = text.size() < room ? text.size() : room;
  std::memcpy(text_.data() + size_, text.data(), size);
  size_ += size;
}

void ShortText::append(uint64_t number) {
  const auto [end, error] =
      std::to_chars(text_.data() + size_, text_.data() + text_.size(), number);
  if (error == std::errc()) size_ = static_cast<size_t>(end - text_.data());
}

void ContentGenerator::fill_root(SpanContent& content) {
  user_ = random_.below(50'000);
  order_ = random_.below(10'000'000);
  content.operation = Operation::serve;
  content.kind = SpanKind::server;
  fill_request(content);
  content.host = kHosts[0];
  fill_shared(content);
}

void ContentGenerator::fill_child(SpanContent& content) {
  const uint32_t dice = random_.below(10);
  if (dice < 5) {
    content.operation = Operation::query;
    content.kind = SpanKind::client;
    fill_query(content);
  } else if (dice < 8) {
    content.operation = Operation::call;
    content.kind = SpanKind::client;
    fill_request(content);
  } else {
    content.operation = Operation::compute;
    content.kind = SpanKind::internal;
    fill_compute(content);
  }
  fill_shared(content);
}

void ContentGenerator::fill_request(SpanContent& content) {
  const Route& route = pick(random_, kRoutes);
  content.name = route.span_name;
  content.method = route.method;
  content.route = route.route;
  content.path.clear();
  content.path.append(route.path_start);
  content.path.append(random_.below(100'000));
  content.path.append(route.path_end);
  content.host = pick(random_, kHosts);
  content.port = 443;
  content.status = route.method == "POST" ? 201 : random_.below(40) == 0 ? 404 : 200;
  content.user_agent = pick(random_, kUserAgents);
}

void ContentGenerator::fill_query(SpanContent& content) {
  const Query& query = pick(random_, kQueries);
  content.name = query.span_name;
  content.system = query.system;
  content.table = query.table;
  content.statement = query.statement;
  content.host = query.system == "redis" ? "cache.internal" : "db.internal";
  content.port = query.system == "redis" ? 6379 : 5432;
  content.rows = random_.below(21);
}

void ContentGenerator::fill_compute(SpanContent& content) {
  const Function& function = pick(random_, kFunctions);
  content.name = function.name;
  content.function = function.name;
  content.source_file = function.file;
}

void ContentGenerator::fill_shared(SpanContent& content) {
  const uint64_t bits = random_.next();
  content.size = static_cast<uint32_t>(bits & 0x3fff);
  content.cached = (bits >> 14 & 3) == 0;
  content.amount = static_cast<double>(bits >> 16 & 0xffff) / 100;
  content.region = kRegions[user_ % 3];
  content.user.clear();
  content.user.append("user-");
  content.user.append(user_);
  content.order.clear();
  content.order.append("order-");
  content.order.append(order_);
  content.client_address.clear();
  content.client_address.append("203.0.113.");
  content.client_address.append(user_ & 0xff);
  maybe_fail(content);
}

void ContentGenerator::maybe_fail(SpanContent& content) {
  content.failed = random_.below(50) == 0;
  if (!content.failed) return;
  const Failure& failure = pick(random_, kFailures);
  content.status = failure.status;
  content.error_type = failure.type;
  content.error_message = failure.message;
}

}  // namespace cero::loadgen
