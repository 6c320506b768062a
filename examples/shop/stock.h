// Stock: the products, how many there are, and reservations that take some away.
#ifndef CERO_EXAMPLES_SHOP_STOCK_H_
#define CERO_EXAMPLES_SHOP_STOCK_H_

#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "database.h"

namespace shop {

struct Product {
  int64_t id = 0;
  std::string name;
  std::string category;
  int64_t price_cents = 0;
  int64_t quantity = 0;
};

struct OrderLine {
  int64_t product = 0;
  int64_t quantity = 0;
};

// Threads: every method from any thread. All throw std::runtime_error when the database fails.
class Stock {
 public:
  explicit Stock(Telemetry& telemetry);

  std::vector<Product> list(std::string_view category);
  std::optional<Product> find(int64_t product);
  // Takes all lines or none; false when there is too little of one.
  bool reserve(std::string_view order, const std::vector<OrderLine>& lines);
  // Gives back what the order took; false for an unknown order.
  bool release(std::string_view order);

 private:
  std::mutex mutex_;  // a connection has one transaction at a time
  Database database_;
};

}  // namespace shop

#endif  // CERO_EXAMPLES_SHOP_STOCK_H_
