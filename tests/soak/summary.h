// The table at the end of a soak: what each kind of episode came to.
#ifndef CERO_TESTS_SOAK_SUMMARY_H_
#define CERO_TESTS_SOAK_SUMMARY_H_

#include <cstdint>
#include <map>
#include <string>

#include "soak/episodes.h"

namespace cero::soak {

class Summary {
 public:
  void add(const std::string& kind, const EpisodeResult& result);
  uint64_t failed() const { return total_.failed; }
  std::string table() const;

 private:
  struct Row {
    uint64_t runs = 0;
    uint64_t failed = 0;
    uint64_t spans = 0;
    uint64_t exported = 0;
    uint64_t rejected = 0;
    uint64_t dropped = 0;
    uint64_t requests = 0;
    uint64_t faults = 0;
  };

  static void add(Row& row, const EpisodeResult& result);
  static std::string line(const std::string& name, const Row& row);

  std::map<std::string, Row> rows_;
  Row total_;
};

}  // namespace cero::soak

#endif  // CERO_TESTS_SOAK_SUMMARY_H_
