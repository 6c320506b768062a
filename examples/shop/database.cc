#include "database.h"

#include <stdexcept>

namespace shop {
namespace {

void bind_value(sqlite3_stmt* prepared, int index, const Bound& value) {
  if (const auto* number = std::get_if<int64_t>(&value)) {
    sqlite3_bind_int64(prepared, index, *number);
  } else {
    const std::string_view text = std::get<std::string_view>(value);
    sqlite3_bind_text(prepared, index, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
  }
}

}  // namespace

Database::Database(Telemetry& telemetry) : telemetry_(telemetry) {
  sqlite3* connection = nullptr;
  const int outcome = sqlite3_open(":memory:", &connection);
  connection_.reset(connection);
  if (outcome != SQLITE_OK) throw std::runtime_error("SQLite cannot open a database in memory");
}

int64_t Database::run(const Statement& statement, std::initializer_list<Bound> bound,
                      const std::function<void(sqlite3_stmt*)>& on_row) {
  TimedSpan span(telemetry_, statement.summary,
                 {.kind = cero::SpanKind::client,
                  .attributes = {{"db.system.name", "sqlite"},
                                 {"db.namespace", "shop"},
                                 {"db.operation.name", statement.operation},
                                 {"db.query.summary", statement.summary},
                                 {"db.query.text", statement.text}}});
  try {
    sqlite3_stmt* prepared = this->prepared(statement);
    int index = 0;
    for (const Bound& value : bound) bind_value(prepared, ++index, value);
    const int64_t rows = step_all(prepared, on_row);
    span.record([&](cero::Span& recording) {
      if (!statement.collection.empty())
        recording.set_attribute("db.collection.name", statement.collection);
      recording.set_attribute("db.response.returned_rows", rows);
    });
    return rows;
  } catch (const std::exception& error) {
    span.record_failure(error);
    throw;
  }
}

void Database::execute(const std::string& script) {
  if (sqlite3_exec(connection_.get(), script.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    throw std::runtime_error(sqlite3_errmsg(connection_.get()));
  }
}

sqlite3_stmt* Database::prepared(const Statement& statement) {
  auto& prepared = prepared_[&statement];
  if (prepared == nullptr) {
    sqlite3_stmt* compiled = nullptr;
    const int outcome = sqlite3_prepare_v3(connection_.get(), statement.text.data(),
                                           static_cast<int>(statement.text.size()),
                                           SQLITE_PREPARE_PERSISTENT, &compiled, nullptr);
    if (outcome != SQLITE_OK) throw std::runtime_error(sqlite3_errmsg(connection_.get()));
    prepared.reset(compiled);
  }
  return prepared.get();
}

int64_t Database::step_all(sqlite3_stmt* prepared,
                           const std::function<void(sqlite3_stmt*)>& on_row) {
  int64_t rows = 0;
  const int changes_before = sqlite3_total_changes(connection_.get());
  int outcome = sqlite3_step(prepared);
  for (; outcome == SQLITE_ROW; outcome = sqlite3_step(prepared)) {
    ++rows;
    if (on_row) on_row(prepared);
  }
  sqlite3_reset(prepared);
  if (outcome != SQLITE_DONE) throw std::runtime_error(sqlite3_errmsg(connection_.get()));
  return rows + sqlite3_total_changes(connection_.get()) - changes_before;
}

std::string text_column(sqlite3_stmt* row, int column) {
  const unsigned char* text = sqlite3_column_text(row, column);
  return text == nullptr ? std::string() : reinterpret_cast<const char*>(text);
}

}  // namespace shop
