#include "stock.h"

#include <array>

namespace shop {
namespace {

constexpr Statement kList{
    "SELECT product", "SELECT", "product",
    "SELECT id, name, category, price_cents, quantity FROM product WHERE category = ? LIMIT 20"};
constexpr Statement kFind{
    "SELECT product", "SELECT", "product",
    "SELECT id, name, category, price_cents, quantity FROM product WHERE id = ?"};
constexpr Statement kBegin{"BEGIN", "BEGIN", "", "BEGIN IMMEDIATE"};
constexpr Statement kCommit{"COMMIT", "COMMIT", "", "COMMIT"};
constexpr Statement kRollback{"ROLLBACK", "ROLLBACK", "", "ROLLBACK"};
constexpr Statement kTake{
    "UPDATE product", "UPDATE", "product",
    "UPDATE product SET quantity = quantity - ?2 WHERE id = ?1 AND quantity >= ?2"};
constexpr Statement kReserve{
    "INSERT reservation", "INSERT", "reservation",
    "INSERT INTO reservation (order_id, product_id, quantity) VALUES (?, ?, ?)"};
constexpr Statement kGiveBack{
    "UPDATE product", "UPDATE", "product",
    "UPDATE product SET quantity = product.quantity + reservation.quantity FROM reservation "
    "WHERE reservation.product_id = product.id AND reservation.order_id = ?"};
constexpr Statement kForget{"DELETE reservation", "DELETE", "reservation",
                            "DELETE FROM reservation WHERE order_id = ?"};

constexpr std::array kCategories{"fish", "tackle", "books", "boats"};
constexpr std::array kAdjectives{"Spanish", "Atlantic", "Striped", "Golden",
                                 "Small",   "Noble",    "Old"};
constexpr std::array kNouns{"mackerel", "reel", "almanac", "dinghy", "hook", "sail", "chart"};
constexpr int kProducts = 200;

// Every 17th product is scarce: it sells out, and conflicts follow.
std::string catalogue() {
  std::string script =
      "CREATE TABLE product (id INTEGER PRIMARY KEY, name TEXT, category TEXT, price_cents "
      "INTEGER, quantity INTEGER);"
      "CREATE INDEX product_category ON product (category);"
      "CREATE TABLE reservation (order_id TEXT, product_id INTEGER, quantity INTEGER);"
      "CREATE INDEX reservation_order ON reservation (order_id); BEGIN;";
  for (size_t id = 1; id <= kProducts; ++id) {
    const std::string name =
        std::string(kAdjectives[id % kAdjectives.size()]) + " " + kNouns[id * 3 % kNouns.size()];
    script += "INSERT INTO product VALUES (" + std::to_string(id) + ", '" + name + "', '" +
              kCategories[id % kCategories.size()] + "', " +
              std::to_string(199 + id * 137 % 20'000) + ", " + (id % 17 == 0 ? "25" : "1000000") +
              ");";
  }
  return script + "COMMIT;";
}

Product product_of(sqlite3_stmt* row) {
  return {.id = sqlite3_column_int64(row, 0),
          .name = text_column(row, 1),
          .category = text_column(row, 2),
          .price_cents = sqlite3_column_int64(row, 3),
          .quantity = sqlite3_column_int64(row, 4)};
}

}  // namespace

Stock::Stock(Telemetry& telemetry) : database_(telemetry) { database_.execute(catalogue()); }

std::vector<Product> Stock::list(std::string_view category) {
  const std::lock_guard lock(mutex_);
  std::vector<Product> products;
  database_.run(kList, {category}, [&](sqlite3_stmt* row) { products.push_back(product_of(row)); });
  return products;
}

std::optional<Product> Stock::find(int64_t product) {
  const std::lock_guard lock(mutex_);
  std::optional<Product> found;
  database_.run(kFind, {product}, [&](sqlite3_stmt* row) { found = product_of(row); });
  return found;
}

bool Stock::reserve(std::string_view order, const std::vector<OrderLine>& lines) {
  const std::lock_guard lock(mutex_);
  database_.run(kBegin);
  for (const OrderLine& line : lines) {
    if (database_.run(kTake, {line.product, line.quantity}) == 0) {
      database_.run(kRollback);
      return false;
    }
    database_.run(kReserve, {order, line.product, line.quantity});
  }
  database_.run(kCommit);
  return true;
}

bool Stock::release(std::string_view order) {
  const std::lock_guard lock(mutex_);
  database_.run(kBegin);
  database_.run(kGiveBack, {order});
  const int64_t lines = database_.run(kForget, {order});
  database_.run(kCommit);
  return lines != 0;
}

}  // namespace shop
