#include "checkout.h"

#include <utility>

namespace shop {
namespace {

constexpr size_t kLinesMax = 50;
constexpr size_t kCartsMax = 10'000;
constexpr uint64_t kChargesFailOneIn = 40;

}  // namespace

size_t Carts::add(const std::string& cart, const CartLine& line) {
  const std::lock_guard lock(mutex_);
  if (carts_.size() >= kCartsMax && !carts_.contains(cart))
    throw HttpError(409, "the shop has no cart left");
  std::vector<CartLine>& lines = carts_[cart];
  if (lines.size() >= kLinesMax) throw HttpError(409, "cart " + cart + " is full");
  lines.push_back(line);
  return lines.size();
}

std::vector<CartLine> Carts::take(const std::string& cart) {
  const std::lock_guard lock(mutex_);
  const auto node = carts_.extract(cart);
  return node.empty() ? std::vector<CartLine>() : node.mapped();
}

nlohmann::json Checkout::run(const std::string& cart, const std::vector<CartLine>& lines) {
  if (lines.empty()) throw HttpError(404, "cart " + cart + " is empty");
  const uint64_t number = orders_.fetch_add(1) + 1;
  const std::string order = "order-" + std::to_string(number);
  const int64_t cents = price(lines);
  reserve(order, lines);
  try {
    charge(number, order, cents);
  } catch (const HttpError&) {
    inventory_.remove("/reservations/{order}", "/reservations/" + order);
    throw;
  }
  return {{"order", order}, {"total_cents", cents}, {"lines", lines.size()}};
}

int64_t Checkout::price(const std::vector<CartLine>& lines) {
  TimedSpan span(telemetry_, "price cart", {.attributes = {{"shop.cart.lines", lines.size()}}});
  int64_t cents = 0;
  for (const CartLine& line : lines) {
    const Answer answer = inventory_.get("/stock/{id}", "/stock/" + std::to_string(line.product));
    if (answer.status != 200)
      throw HttpError(404, "product " + std::to_string(line.product) + " is gone");
    cents += answer.body.at("price_cents").get<int64_t>() * line.quantity;
  }
  span.record([&](cero::Span& recording) {
    recording.set_attribute("shop.order.amount", static_cast<double>(cents) / 100);
  });
  return cents;
}

void Checkout::reserve(const std::string& order, const std::vector<CartLine>& lines) {
  nlohmann::json body{{"order", order}, {"lines", nlohmann::json::array()}};
  for (const CartLine& line : lines)
    body["lines"].push_back({{"product", line.product}, {"quantity", line.quantity}});
  const Answer answer = inventory_.post("/reservations", "/reservations", body);
  if (answer.status == 409) throw HttpError(409, "too little in stock");
  if (answer.status != 201)
    throw HttpError(502, "inventory answered " + std::to_string(answer.status));
}

// Stands for a call to a payment provider.
void Checkout::charge(uint64_t number, const std::string& order, int64_t cents) {
  TimedSpan span(telemetry_, "charge card",
                 {.attributes = {{"shop.order.id", order},
                                 {"shop.payment.provider", "cardfish"},
                                 {"shop.payment.amount", static_cast<double>(cents) / 100}}});
  if (number % kChargesFailOneIn == 0) {
    const HttpError error(500, "the payment provider closed the connection");
    span.record_failure(error);
    throw error;
  }
  span.record([](cero::Span& recording) {
    recording.add_event("authorized", {{"shop.payment.attempts", 1}});
  });
}

}  // namespace shop
