// shop-inventory: the service behind the gateway. What is in stock, in SQLite.
#include <charconv>

#include "service.h"
#include "stock.h"

namespace shop {
namespace {

nlohmann::json json_of(const Product& product) {
  return {{"id", product.id},
          {"name", product.name},
          {"category", product.category},
          {"price_cents", product.price_cents},
          {"quantity", product.quantity}};
}

int64_t number_in(const std::string& text) {
  int64_t number = 0;  // the route's pattern admits digits only; too many of them are an unknown id
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

Answer list(Stock& stock, const httplib::Request& request, TimedSpan& span) {
  const std::string category = request.get_param_value("category");
  span.record([&](cero::Span& recording) { recording.set_attribute("shop.category", category); });
  nlohmann::json products = nlohmann::json::array();
  for (const Product& product : stock.list(category)) products.push_back(json_of(product));
  return {200, std::move(products)};
}

Answer find(Stock& stock, const httplib::Request& request, TimedSpan& span) {
  const int64_t id = number_in(request.matches[1]);
  span.record([&](cero::Span& recording) { recording.set_attribute("shop.product.id", id); });
  const std::optional<Product> product = stock.find(id);
  if (!product) throw HttpError(404, "no product " + std::to_string(id));
  return {200, json_of(*product)};
}

Answer reserve(Stock& stock, const httplib::Request& request, TimedSpan& span) {
  const auto body = nlohmann::json::parse(request.body);
  const std::string order = body.at("order");
  std::vector<OrderLine> lines;
  for (const auto& line : body.at("lines"))
    lines.push_back({line.at("product"), line.at("quantity")});
  span.record([&](cero::Span& recording) {
    recording.set_attribute("shop.order.id", order);
    recording.set_attribute("shop.order.lines", lines.size());
  });
  if (!stock.reserve(order, lines)) throw HttpError(409, "too little in stock for " + order);
  return {201, {{"order", order}}};
}

Answer release(Stock& stock, const httplib::Request& request, TimedSpan& span) {
  const std::string order = request.matches[1];
  span.record([&](cero::Span& recording) { recording.set_attribute("shop.order.id", order); });
  if (!stock.release(order)) throw HttpError(404, "no reservation for " + order);
  return {200, {{"order", order}}};
}

std::shared_ptr<void> add_routes(TracedServer& server, Telemetry& telemetry,
                                 const ServiceOptions& /*options*/) {
  auto stock = std::make_shared<Stock>(telemetry);
  const auto with_stock = [&stock = *stock](auto handler) {
    return [&stock, handler](const httplib::Request& request, TimedSpan& span) {
      return handler(stock, request, span);
    };
  };
  server.get("/stock", "/stock", with_stock(list));
  server.get("/stock/{id}", R"(/stock/(\d+))", with_stock(find));
  server.post("/reservations", "/reservations", with_stock(reserve));
  server.remove("/reservations/{order}", R"(/reservations/([\w-]+))", with_stock(release));
  return stock;
}

}  // namespace
}  // namespace shop

int main(int argc, char** argv) {
  return shop::run_service(argc, argv, "shop-inventory", /*needs_inventory=*/false,
                           shop::add_routes);
}
