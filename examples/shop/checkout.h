// Carts, and turning one into an order: price, reserve, charge; what was reserved is given back
// when charging fails.
#ifndef CERO_EXAMPLES_SHOP_CHECKOUT_H_
#define CERO_EXAMPLES_SHOP_CHECKOUT_H_

#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "traced_http.h"

namespace shop {

struct CartLine {
  int64_t product = 0;
  int64_t quantity = 0;
};

class Carts {
 public:
  // The number of lines then in the cart. Throws HttpError 409 for a cart or a shop that is full.
  size_t add(const std::string& cart, const CartLine& line);
  // Empties it.
  std::vector<CartLine> take(const std::string& cart);

 private:
  std::mutex mutex_;
  std::map<std::string, std::vector<CartLine>> carts_;
};

class Checkout {
 public:
  Checkout(Telemetry& telemetry, TracedClient& inventory)
      : telemetry_(telemetry), inventory_(inventory) {}

  // The order. Throws HttpError: 404 nothing to buy, 409 too little in stock, 500 the card cannot
  // be charged.
  nlohmann::json run(const std::string& cart, const std::vector<CartLine>& lines);

 private:
  int64_t price(const std::vector<CartLine>& lines);
  void reserve(const std::string& order, const std::vector<CartLine>& lines);
  void charge(uint64_t number, const std::string& order, int64_t cents);

  Telemetry& telemetry_;
  TracedClient& inventory_;
  std::atomic<uint64_t> orders_{0};
};

}  // namespace shop

#endif  // CERO_EXAMPLES_SHOP_CHECKOUT_H_
