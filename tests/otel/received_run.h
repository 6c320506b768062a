// ReceivedRun: what the receiver got of one run of a program, so that it can be compared with
// another run's: fields by name, with what differs by chance taken out.
#ifndef CERO_TESTS_OTEL_RECEIVED_RUN_H_
#define CERO_TESTS_OTEL_RECEIVED_RUN_H_

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace cero::test {

class ReceivedRun {
 public:
  using Json = nlohmann::json;

  // The receiver's JSON of all requests of the run. Throws std::runtime_error when times are not as
  // they must be: a start before its end, the end within the run.
  explicit ReceivedRun(const std::vector<Json>& requests);

  // "<place of the span>: <field>" to its value. A place is the names (and url.paths) from the root
  // down; ids are numbered in the order of the places, times of the run are "a time".
  const std::map<std::string, std::string>& fields() const { return fields_; }
  size_t span_count() const { return spans_.size(); }

 private:
  struct ReceivedSpan {
    Json json;
    std::string place;
  };

  void take(const Json& scope_spans);
  void find_places();
  std::string place_of(const std::string& span_id, int depth = 0) const;
  void number_ids();
  void normalise(ReceivedSpan& span) const;
  void replace_ids(Json& object) const;
  void add_fields(const std::string& place, const Json& json);

  std::map<std::string, ReceivedSpan> spans_;  // by id
  std::map<std::string, std::string> names_of_ids_;
  std::map<std::string, std::string> fields_;
};

}  // namespace cero::test

#endif  // CERO_TESTS_OTEL_RECEIVED_RUN_H_
