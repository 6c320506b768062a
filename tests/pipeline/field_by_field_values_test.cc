// Goal: the backend reads exactly the values that attributes were given. Method: as in
// field_by_field_test.cc.
#include <array>
#include <cmath>
#include <limits>

#include "pipeline/field_by_field.h"

namespace cero::test {
namespace {

using namespace std::literals;

TEST_P(FieldByField, scalar_values) {
  begin();
  Span span = tracer().start_span("scalars");
  span.set_attribute("true", true);
  span.set_attribute("false", false);
  span.set_attribute("id", 42);
  span.set_attribute("zero", 0);
  span.set_attribute("int8", int8_t{-128});
  span.set_attribute("uint8", uint8_t{255});
  span.set_attribute("int16", int16_t{-32768});
  span.set_attribute("uint16", uint16_t{65535});
  span.set_attribute("int32", std::numeric_limits<int32_t>::min());
  span.set_attribute("uint32", std::numeric_limits<uint32_t>::max());
  span.set_attribute("int64", std::numeric_limits<int64_t>::min());
  span.set_attribute("int64.max", std::numeric_limits<int64_t>::max());
  span.set_attribute("uint64", uint64_t{std::numeric_limits<int64_t>::max()});
  span.set_attribute("uint64.max", std::numeric_limits<uint64_t>::max());
  span.set_attribute("float", 0.5f);
  span.set_attribute("double", 0.1);
  span.set_attribute("infinity", -std::numeric_limits<double>::infinity());
  span.set_attribute("nan", std::nan(""));
  span.set_attribute("null", nullptr);
  span.set_attribute("null.text", static_cast<const char*>(nullptr));
  span.end();
  deliver();
  expect(span.context(), R"(name: "scalars"
    attributes { key: "true" value { bool_value: true } }
    attributes { key: "false" value { bool_value: false } }
    attributes { key: "id" value { int_value: 42 } }
    attributes { key: "zero" value { int_value: 0 } }
    attributes { key: "int8" value { int_value: -128 } }
    attributes { key: "uint8" value { int_value: 255 } }
    attributes { key: "int16" value { int_value: -32768 } }
    attributes { key: "uint16" value { int_value: 65535 } }
    attributes { key: "int32" value { int_value: -2147483648 } }
    attributes { key: "uint32" value { int_value: 4294967295 } }
    attributes { key: "int64" value { int_value: -9223372036854775808 } }
    attributes { key: "int64.max" value { int_value: 9223372036854775807 } }
    attributes { key: "uint64" value { int_value: 9223372036854775807 } }
    attributes { key: "uint64.max" value { string_value: "18446744073709551615" } }
    attributes { key: "float" value { double_value: 0.5 } }
    attributes { key: "double" value { double_value: 0.1 } }
    attributes { key: "infinity" value { double_value: -inf } }
    attributes { key: "nan" value { double_value: nan } }
    attributes { key: "null" value {} }
    attributes { key: "null.text" value {} })");
}

TEST_P(FieldByField, text_and_bytes) {
  begin();
  Span span = tracer().start_span("text");
  const std::string owned = "owned";
  const char runtime_key[] = "runtime key";
  span.set_attribute("literal", "value");
  span.set_attribute("view", "a view"sv);
  span.set_attribute("string", owned);
  span.set_attribute(runtime_key, owned.c_str());
  span.set_attribute("empty", "");
  span.set_attribute("nul", "a\0b"sv);
  span.set_attribute("unicode", "sm\xc3\xb6rg\xc3\xa5s \xf0\x9f\x90\x9f");
  span.set_attribute(
      "kl\xc3\xbc"
      "ssel",
      1);
  span.set_attribute("bytes", std::array{std::byte{0}, std::byte{0xff}});
  span.set_attribute("unsigned chars", std::vector<unsigned char>{0x80});
  span.set_attribute("no bytes", std::vector<std::byte>{});
  span.end();
  deliver();
  expect(span.context(), R"(name: "text"
    attributes { key: "literal" value { string_value: "value" } }
    attributes { key: "view" value { string_value: "a view" } }
    attributes { key: "string" value { string_value: "owned" } }
    attributes { key: "runtime key" value { string_value: "owned" } }
    attributes { key: "empty" value { string_value: "" } }
    attributes { key: "nul" value { string_value: "a\000b" } }
    attributes { key: "unicode" value { string_value: "smörgås 🐟" } }
    attributes { key: "klüssel" value { int_value: 1 } }
    attributes { key: "bytes" value { bytes_value: "\000\377" } }
    attributes { key: "unsigned chars" value { bytes_value: "\200" } }
    attributes { key: "no bytes" value { bytes_value: "" } })");
}

TEST_P(FieldByField, arrays_and_maps) {
  begin();
  Span span = tracer().start_span("arrays");
  const std::vector<AttributeValue> mixed{1, "two", nullptr, 3.0};
  const std::vector<Attribute> map{{"a", 1}, {"list", mixed}};
  span.set_attribute("bools", std::array{true, false});
  span.set_attribute("int8s", std::array<int8_t, 2>{-1, 1});
  span.set_attribute("int32s", std::vector<int32_t>{-1, 1});
  span.set_attribute("uint32s", std::vector<uint32_t>{4'000'000'000});
  span.set_attribute("uint64s", std::vector<uint64_t>{1, UINT64_MAX});
  span.set_attribute("floats", std::vector<float>{0.25f});
  span.set_attribute("doubles", std::vector<double>{});
  span.set_attribute("views", std::array{"x"sv, ""sv});
  span.set_attribute("strings", std::vector<std::string>{"y"});
  span.set_attribute("mixed", mixed);
  span.set_attribute("map", map);
  span.end();
  deliver();
  const std::string mixed_text =
      R"(values { int_value: 1 } values { string_value: "two" } values {} values { double_value: 3 })";
  expect(span.context(), R"(name: "arrays"
    attributes { key: "bools" value { array_value { values { bool_value: true } values { bool_value: false } } } }
    attributes { key: "int8s" value { array_value { values { int_value: -1 } values { int_value: 1 } } } }
    attributes { key: "int32s" value { array_value { values { int_value: -1 } values { int_value: 1 } } } }
    attributes { key: "uint32s" value { array_value { values { int_value: 4000000000 } } } }
    attributes { key: "uint64s" value { array_value {
      values { int_value: 1 } values { string_value: "18446744073709551615" } } } }
    attributes { key: "floats" value { array_value { values { double_value: 0.25 } } } }
    attributes { key: "doubles" value { array_value {} } }
    attributes { key: "views" value { array_value { values { string_value: "x" } values { string_value: "" } } } }
    attributes { key: "strings" value { array_value { values { string_value: "y" } } } }
    attributes { key: "mixed" value { array_value { )" +
                             mixed_text + R"( } } }
    attributes { key: "map" value { kvlist_value {
      values { key: "a" value { int_value: 1 } }
      values { key: "list" value { array_value { )" +
                             mixed_text + R"( } } } } } })");
}

TEST_P(FieldByField, malformed_utf8_is_mended_everywhere) {
  begin();
  const SpanContext linked(*TraceId::from_hex("000000000000000000000000000000aa"),
                           *SpanId::from_hex("00000000000000bb"), 0);
  Span span = tracer().start_span("n\xff");
  span.set_attribute("k\xff", "v\xc0\xaf");
  span.set_attribute("k\xfe", "the same key, mended");
  span.set_attribute("list", std::array{"\xe2\x82"sv});
  span.add_event("e\x80", {{"k\xff", "v\xed\xa0\x80"}});
  span.add_link(linked, {{"l\xff", "\xf0\x9f\x90"}});
  span.set_status(StatusCode::error, "s\xff");
  span.end();
  deliver();
  expect(span.context(), R"(name: "n�"
    attributes { key: "k�" value { string_value: "the same key, mended" } }
    attributes { key: "list" value { array_value { values { string_value: "�" } } } }
    events { name: "e�" attributes { key: "k�" value { string_value: "v���" } } }
    links { trace_id: "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\252" span_id: "\0\0\0\0\0\0\0\273" flags: 0x100
            attributes { key: "l�" value { string_value: "�" } } }
    status { code: STATUS_CODE_ERROR message: "s�" })");
}

}  // namespace
}  // namespace cero::test
