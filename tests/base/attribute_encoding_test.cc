// Goal: attributes take exactly the bytes they were said to take, and the official classes read
// them. Method: encode, parse, compare; lengths around every boundary of a varint. (Random values
// of all kinds are the fuzzer's.)
#include "base/attribute_encoding.h"

#include <gtest/gtest.h>

#include "support/official_messages.h"

namespace cero::core {
namespace {

official::KeyValue encoded(std::string_view key, const AttributeValue& value,
                           uint32_t length_max = kNoLengthLimit) {
  std::string bytes(key_value_size(key, value, length_max), '\0');
  EXPECT_EQ(write_key_value(bytes.data(), key, value, length_max), bytes.data() + bytes.size());
  official::KeyValue message;
  EXPECT_TRUE(message.ParseFromString(bytes));
  EXPECT_EQ(message.ByteSizeLong(), bytes.size());
  return message;
}

TEST(AttributeEncoding, writes_lengths_of_every_size) {
  for (const size_t key_size : {1, 2, 126, 127, 128, 16'383, 16'384}) {
    for (const size_t text_size :
         {0, 1, 120, 121, 122, 123, 124, 125, 126, 127, 128, 129, 16'383, 16'384}) {
      const std::string key(key_size, 'k');
      const std::string text(text_size, 't');
      const official::KeyValue message = encoded(key, text);
      ASSERT_EQ(message.key(), key);
      ASSERT_EQ(message.value().string_value(), text);
    }
  }
}

TEST(AttributeEncoding, writes_integers_of_every_size) {
  for (int bits = 0; bits < 64; ++bits) {
    for (const uint64_t near : {-1, 0, 1}) {
      const uint64_t value = (uint64_t{1} << bits) + near;
      ASSERT_EQ(encoded("k", static_cast<int64_t>(value)).value().int_value(),
                static_cast<int64_t>(value));
      const official::AnyValue as_unsigned = encoded("k", value).value();
      if (value > INT64_MAX) {
        ASSERT_EQ(as_unsigned.string_value(), std::to_string(value));
      } else {
        ASSERT_TRUE(as_unsigned.has_int_value());
        ASSERT_EQ(as_unsigned.int_value(), static_cast<int64_t>(value));
      }
    }
  }
}

TEST(AttributeEncoding, keeps_values_that_are_nothing) {
  EXPECT_EQ(encoded("k", nullptr).value().value_case(), official::AnyValue::VALUE_NOT_SET);
  EXPECT_TRUE(encoded("k", nullptr).has_value());
  EXPECT_TRUE(encoded("k", false).value().has_bool_value());
  EXPECT_TRUE(encoded("k", "").value().has_string_value());
  EXPECT_TRUE(encoded("k", std::vector<std::byte>()).value().has_bytes_value());
  EXPECT_TRUE(encoded("k", std::vector<double>()).value().has_array_value());
  EXPECT_TRUE(encoded("k", std::vector<Attribute>()).value().has_kvlist_value());
}

TEST(AttributeEncoding, a_list_has_unique_keys_up_to_its_limit) {
  const std::vector<Attribute> attributes = {{"a", 1}, {"", 2}, {"b", 3}, {"a", 4}, {"c", 5}};
  const AttributeList list{.attributes = attributes, .field = 1, .count_max = 2};
  const AttributeListSize size = attribute_list_size(list);
  EXPECT_EQ(size.dropped, 2u);
  std::string bytes(size.bytes, '\0');
  EXPECT_EQ(write_attribute_list(bytes.data(), list), bytes.data() + bytes.size());
  official::Resource message;  // its attributes are field 1
  ASSERT_TRUE(message.ParseFromString(bytes));
  ASSERT_EQ(message.attributes_size(), 2);
  EXPECT_EQ(message.attributes(0).key(), "a");
  EXPECT_EQ(message.attributes(0).value().int_value(), 4);
  EXPECT_EQ(message.attributes(1).key(), "b");
}

// With each compared with each it would take minutes.
TEST(AttributeEncoding, a_list_far_over_its_limit_takes_no_longer_for_each) {
  constexpr uint32_t kCount = 100'000;
  std::vector<std::string> keys;
  for (uint32_t i = 0; i < kCount; ++i) keys.push_back("key number " + std::to_string(i));
  std::vector<Attribute> attributes;
  for (const std::string& key : keys) attributes.push_back({key, 1});
  attributes.push_back({keys[0], 2});
  const AttributeList list{.attributes = attributes, .field = 1, .count_max = 128};
  const AttributeListSize size = attribute_list_size(list);
  EXPECT_EQ(size.dropped, kCount - 128);
  std::string bytes(size.bytes, '\0');
  EXPECT_EQ(write_attribute_list(bytes.data(), list), bytes.data() + bytes.size());
  official::Resource message;
  ASSERT_TRUE(message.ParseFromString(bytes));
  ASSERT_EQ(message.attributes_size(), 128);
  EXPECT_EQ(message.attributes(0).value().int_value(), 2);
}

TEST(AttributeEncoding, a_map_has_unique_keys) {
  const std::vector<Attribute> map = {{"a", 1}, {"", 2}, {"b", 3}, {"a", 4}, {"", 5}};
  const official::AnyValue value = encoded("k", map).value();
  ASSERT_EQ(value.kvlist_value().values_size(), 3);
  EXPECT_EQ(value.kvlist_value().values(0).key(), "a");
  EXPECT_EQ(value.kvlist_value().values(0).value().int_value(), 4);
  EXPECT_EQ(value.kvlist_value().values(1).value().int_value(), 5);
  EXPECT_EQ(value.kvlist_value().values(2).key(), "b");
}

TEST(AttributeEncoding, encodes_owned_values_of_all_kinds) {
  const std::vector<OwnedAttribute> attributes = {
      {"null", {}},
      {"bool", true},
      {"int", -5},
      {"double", 2.5},
      {"text", "t"},
      {"bytes", OwnedValue::Bytes{std::byte{1}}},
      {"ints", std::vector<int64_t>{1, -1}},
      {"doubles", std::vector<double>{0.5}},
      {"texts", std::vector<std::string>{"x", ""}},
      {"unset variable", static_cast<const char*>(nullptr)},
  };
  official::Resource message;
  ASSERT_TRUE(message.ParseFromString(encode_resource(attributes)));
  ASSERT_EQ(message.attributes_size(), 10);
  const auto value = [&](int index) { return message.attributes(index).value(); };
  EXPECT_EQ(value(0).value_case(), official::AnyValue::VALUE_NOT_SET);
  EXPECT_TRUE(value(1).bool_value());
  EXPECT_EQ(value(2).int_value(), -5);
  EXPECT_EQ(value(3).double_value(), 2.5);
  EXPECT_EQ(value(4).string_value(), "t");
  EXPECT_EQ(value(5).bytes_value(), "\x01");
  EXPECT_EQ(value(6).array_value().values(1).int_value(), -1);
  EXPECT_EQ(value(7).array_value().values(0).double_value(), 0.5);
  EXPECT_EQ(value(8).array_value().values_size(), 2);
  EXPECT_EQ(value(9).value_case(), official::AnyValue::VALUE_NOT_SET);
}

TEST(AttributeEncoding, encodes_a_scope) {
  official::InstrumentationScope message;
  ASSERT_TRUE(message.ParseFromString(encode_scope("name\xff", "1.0", {{"k", 1}})));
  EXPECT_EQ(message.name(), "name\xef\xbf\xbd");
  EXPECT_EQ(message.version(), "1.0");
  ASSERT_EQ(message.attributes_size(), 1);
  EXPECT_EQ(encode_scope("", "", {}), "");
}

}  // namespace
}  // namespace cero::core
