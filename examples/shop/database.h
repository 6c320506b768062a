// Database: SQLite in memory, with a client span for each statement.
#ifndef CERO_EXAMPLES_SHOP_DATABASE_H_
#define CERO_EXAMPLES_SHOP_DATABASE_H_

#include <sqlite3.h>

#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "telemetry.h"

namespace shop {

// One statement and what semantic conventions say about it. Make them static: they are prepared
// once, by address.
struct Statement {
  std::string_view summary;     // the span's name, "SELECT product"
  std::string_view operation;   // "SELECT"
  std::string_view collection;  // the table; empty for BEGIN and COMMIT
  std::string_view text;
};

using Bound = std::variant<int64_t, std::string_view>;

// Threads: one at a time.
class Database {
 public:
  explicit Database(Telemetry& telemetry);

  // Runs it, calls on_row for each row, returns the number of rows it returned or changed. Throws
  // std::runtime_error.
  int64_t run(const Statement& statement, std::initializer_list<Bound> bound = {},
              const std::function<void(sqlite3_stmt*)>& on_row = {});
  // Without a span, for the schema. Throws std::runtime_error.
  void execute(const std::string& script);

 private:
  struct Close {
    void operator()(sqlite3* connection) const { sqlite3_close(connection); }
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };

  sqlite3_stmt* prepared(const Statement& statement);
  int64_t step_all(sqlite3_stmt* prepared, const std::function<void(sqlite3_stmt*)>& on_row);

  Telemetry& telemetry_;
  std::unique_ptr<sqlite3, Close> connection_;
  std::map<const Statement*, std::unique_ptr<sqlite3_stmt, Close>> prepared_;
};

std::string text_column(sqlite3_stmt* row, int column);

}  // namespace shop

#endif  // CERO_EXAMPLES_SHOP_DATABASE_H_
