#include "otlp/value_pair.h"

#include <algorithm>
#include <array>
#include <bit>

#include "otlp/naive_text.h"

namespace cero::fuzz {
namespace {

using official::AnyValue;

constexpr uint32_t kElementsMax = 5;
// Of values inside values; far below the 31 that are sent, which a unit test holds.
constexpr int kDepthMax = 4;

class Maker {
 public:
  Maker(InputReader& input, Keeper& keeper, uint32_t length_max)
      : input_(input), keeper_(keeper), length_max_(length_max) {}

  ValuePair make(int depth) {
    switch (input_.choice(depth < kDepthMax ? 22 : 10)) {
      case 0:
        return {nullptr, {}};
      case 1:
        return make_bool();
      case 2:
        return make_integer(input_.number<int64_t>());
      case 3:
        return make_integer(int64_t{input_.number<int8_t>()});
      case 4:
        return make_unsigned(input_.number<uint64_t>());
      case 5:
        return make_unsigned(input_.byte());
      case 6:
        return make_double(std::bit_cast<double>(input_.number<uint64_t>()));
      case 7:
      case 8:
        return make_string();
      case 9:
        return make_bytes();
      case 10:
        return make_bools();
      case 11:
        return make_integers<int8_t>();
      case 12:
        return make_integers<int16_t>();
      case 13:
        return make_integers<uint16_t>();
      case 14:
        return make_integers<int32_t>();
      case 15:
        return make_integers<uint32_t>();
      case 16:
        return input_.flip() ? make_integers<int64_t>() : make_integers<uint64_t>();
      case 17:
        return input_.flip() ? make_doubles<double>() : make_doubles<float>();
      case 18:
        return make_string_views();
      case 19:
        return make_strings();
      case 20:
        return make_values(depth);
      default:
        return make_map(depth);
    }
  }

 private:
  ValuePair make_bool() {
    const bool value = input_.flip();
    ValuePair pair{value, {}};
    pair.expected.set_bool_value(value);
    return pair;
  }
  static ValuePair make_integer(int64_t value) {
    ValuePair pair{value, {}};
    pair.expected.set_int_value(value);
    return pair;
  }
  static ValuePair make_unsigned(uint64_t value) {
    ValuePair pair{value, {}};
    if (value > INT64_MAX) {
      pair.expected.set_string_value(std::to_string(value));
    } else {
      pair.expected.set_int_value(static_cast<int64_t>(value));
    }
    return pair;
  }
  static ValuePair make_double(double value) {
    ValuePair pair{value, {}};
    pair.expected.set_double_value(value);
    return pair;
  }
  ValuePair make_string() {
    const std::string& text = keeper_.keep(make_text(input_));
    ValuePair pair{text, {}};
    pair.expected.set_string_value(mended(text, length_max_));
    return pair;
  }
  ValuePair make_bytes() {
    const std::string text = make_text(input_);
    const auto* first = reinterpret_cast<const unsigned char*>(text.data());
    const auto& bytes = keeper_.keep(std::vector<unsigned char>(first, first + text.size()));
    ValuePair pair{bytes, {}};
    pair.expected.set_bytes_value(text.substr(0, length_max_));
    return pair;
  }

  ValuePair make_bools() {
    using Bools = std::array<bool, kElementsMax>;
    Bools values{};
    for (bool& value : values) value = input_.flip();
    const size_t count = input_.choice(kElementsMax + 1);
    ValuePair pair{std::span(keeper_.keep(values)).first(count), {}};
    auto* array = pair.expected.mutable_array_value();
    for (size_t i = 0; i < count; ++i) array->add_values()->set_bool_value(values[i]);
    return pair;
  }
  template <typename T>
  ValuePair make_integers() {
    std::vector<T> values(input_.choice(kElementsMax + 1));
    for (T& value : values) value = input_.number<T>();
    ValuePair pair{keeper_.keep(values), {}};
    auto* array = pair.expected.mutable_array_value();
    for (const T value : values) {
      if constexpr (std::is_signed_v<T>) {
        *array->add_values() = make_integer(value).expected;
      } else {
        *array->add_values() = make_unsigned(value).expected;
      }
    }
    return pair;
  }
  template <typename T>
  ValuePair make_doubles() {
    std::vector<T> values(input_.choice(kElementsMax + 1));
    for (T& value : values) value = static_cast<T>(input_.number<int16_t>()) / 8;
    ValuePair pair{keeper_.keep(values), {}};
    auto* array = pair.expected.mutable_array_value();
    for (const T value : values) array->add_values()->set_double_value(double{value});
    return pair;
  }
  std::vector<std::string> make_texts() {
    std::vector<std::string> texts(input_.choice(kElementsMax + 1));
    for (std::string& text : texts) text = make_text(input_);
    return texts;
  }
  template <typename Texts>
  ValuePair make_text_array(const Texts& texts) {
    ValuePair pair{texts, {}};
    auto* array = pair.expected.mutable_array_value();
    for (const auto& text : texts) array->add_values()->set_string_value(mended(text, length_max_));
    return pair;
  }
  ValuePair make_strings() { return make_text_array(keeper_.keep(make_texts())); }
  ValuePair make_string_views() {
    const std::vector<std::string>& texts = keeper_.keep(make_texts());
    return make_text_array(keeper_.keep(std::vector<std::string_view>(texts.begin(), texts.end())));
  }
  ValuePair make_values(int depth) {
    std::vector<AttributeValue> values;
    AnyValue expected;
    expected.mutable_array_value();
    for (uint32_t left = input_.choice(kElementsMax + 1); left > 0; --left) {
      ValuePair element = make(depth + 1);
      values.push_back(element.given);
      *expected.mutable_array_value()->add_values() = std::move(element.expected);
    }
    return {keeper_.keep(std::move(values)), std::move(expected)};
  }
  // Of one key the first place and the last value. An empty key is a key.
  ValuePair make_map(int depth) {
    std::vector<Attribute> entries;
    AnyValue expected;
    expected.mutable_kvlist_value();
    for (uint32_t left = input_.choice(kElementsMax + 1); left > 0; --left) {
      const std::string& key = keeper_.keep(make_key(input_));
      ValuePair element = make(depth + 1);
      entries.push_back({key, element.given});
      auto* list = expected.mutable_kvlist_value()->mutable_values();
      auto entry = std::find_if(list->begin(), list->end(),
                                [&](const auto& one) { return one.key() == mended(key); });
      if (entry == list->end()) {
        list->Add()->set_key(mended(key));
        entry = list->end() - 1;
      }
      *entry->mutable_value() = std::move(element.expected);
    }
    return {keeper_.keep(std::move(entries)), std::move(expected)};
  }

  InputReader& input_;
  Keeper& keeper_;
  const uint32_t length_max_;
};

}  // namespace

ValuePair make_value(InputReader& input, Keeper& keeper, uint32_t length_max) {
  return Maker(input, keeper, length_max).make(1);
}

}  // namespace cero::fuzz
