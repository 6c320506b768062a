// shop-gateway: what customers talk to. Browse, look at a product, fill a cart, check out.
#include <algorithm>

#include "checkout.h"
#include "service.h"

namespace shop {
namespace {

struct Gateway {
  Gateway(Telemetry& telemetry, const ServiceOptions& options)
      : inventory(telemetry, options.inventory_host, options.inventory_port),
        checkout(telemetry, inventory) {}

  TracedClient inventory;
  Carts carts;
  Checkout checkout;
};

Answer browse(Gateway& gateway, const httplib::Request& request, TimedSpan& span) {
  const std::string category =
      request.has_param("category") ? request.get_param_value("category") : "fish";
  span.record(
      [&](cero::Span& recording) { recording.set_attribute("url.query", "category=" + category); });
  const bool is_word =
      std::all_of(category.begin(), category.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  if (!is_word) throw HttpError(404, "no such category");
  return gateway.inventory.get("/stock", "/stock?category=" + category);
}

Answer view(Gateway& gateway, const httplib::Request& request, TimedSpan& span) {
  const std::string id = request.matches[1];
  span.record([&](cero::Span& recording) { recording.set_attribute("shop.product.id", id); });
  Answer answer = gateway.inventory.get("/stock/{id}", "/stock/" + id);
  if (answer.status == 404) throw HttpError(404, "no product " + id);
  return answer;
}

Answer add_to_cart(Gateway& gateway, const httplib::Request& request, TimedSpan& span) {
  const std::string cart = request.matches[1];
  const auto body = nlohmann::json::parse(request.body);
  const CartLine line{body.at("product"), body.at("quantity")};
  span.record([&](cero::Span& recording) {
    recording.set_attribute("shop.cart.id", cart);
    recording.set_attribute("shop.product.id", line.product);
    recording.set_attribute("shop.quantity", line.quantity);
  });
  const Answer stock =
      gateway.inventory.get("/stock/{id}", "/stock/" + std::to_string(line.product));
  if (stock.status == 404) throw HttpError(404, "no product " + std::to_string(line.product));
  if (stock.body.at("quantity").get<int64_t>() < line.quantity) throw HttpError(409, "sold out");
  return {201, {{"lines", gateway.carts.add(cart, line)}}};
}

Answer check_out(Gateway& gateway, const httplib::Request& request, TimedSpan& span) {
  const std::string cart = request.matches[1];
  span.record([&](cero::Span& recording) { recording.set_attribute("shop.cart.id", cart); });
  return {201, gateway.checkout.run(cart, gateway.carts.take(cart))};
}

std::shared_ptr<void> add_routes(TracedServer& server, Telemetry& telemetry,
                                 const ServiceOptions& options) {
  auto gateway = std::make_shared<Gateway>(telemetry, options);
  const auto with_gateway = [&gateway = *gateway](auto handler) {
    return [&gateway, handler](const httplib::Request& request, TimedSpan& span) {
      return handler(gateway, request, span);
    };
  };
  server.get("/products", "/products", with_gateway(browse));
  server.get("/products/{id}", R"(/products/(\d+))", with_gateway(view));
  server.post("/carts/{cart}/items", R"(/carts/([\w-]+)/items)", with_gateway(add_to_cart));
  server.post("/carts/{cart}/checkout", R"(/carts/([\w-]+)/checkout)", with_gateway(check_out));
  return gateway;
}

}  // namespace
}  // namespace shop

int main(int argc, char** argv) {
  return shop::run_service(argc, argv, "shop-gateway", /*needs_inventory=*/true, shop::add_routes);
}
