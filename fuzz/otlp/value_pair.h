// A made-up attribute value twice: as the user hands it over, and as the backend must read it.
#ifndef CERO_FUZZ_OTLP_VALUE_PAIR_H_
#define CERO_FUZZ_OTLP_VALUE_PAIR_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "cero/attribute.h"
#include "otlp/input_reader.h"
#include "support/official_messages.h"

namespace cero::fuzz {

// Values are views: this keeps what they look at.
class Keeper {
 public:
  template <typename T>
  const T& keep(T value) {
    auto kept = std::make_shared<const T>(std::move(value));
    const T& result = *kept;
    kept_.push_back(std::move(kept));
    return result;
  }

 private:
  std::vector<std::shared_ptr<const void>> kept_;
};

struct ValuePair {
  AttributeValue given;
  official::AnyValue expected;
};
// Strings and bytes of `expected` are cut to length_max.
ValuePair make_value(InputReader& input, Keeper& keeper, uint32_t length_max);

struct AttributePair {
  std::string key;
  ValuePair value;
};

}  // namespace cero::fuzz

#endif  // CERO_FUZZ_OTLP_VALUE_PAIR_H_
