#include "option_values.h"

#include <cmath>

#include "attribute_reader.h"

namespace cero::python {
namespace {

using std::chrono::milliseconds;

// An array of one type, which is all that a resource can have.
OwnedValue own_array(std::span<const AttributeValue> elements) {
  using Kind = AttributeValue::Kind;
  std::vector<int64_t> integers;
  std::vector<double> numbers;
  std::vector<std::string> texts;
  for (const AttributeValue& element : elements) {
    if (element.kind() == Kind::integer) integers.push_back(element.integer());
    if (element.kind() == Kind::floating) numbers.push_back(element.floating());
    if (element.kind() == Kind::string) texts.emplace_back(element.string());
  }
  if (integers.size() == elements.size()) return integers;
  if (numbers.size() == elements.size()) return numbers;
  if (texts.size() == elements.size()) return texts;
  throw nb::type_error("resource: a sequence must hold str, int or float alone");
}

OwnedValue own(const AttributeValue& value) {
  using Kind = AttributeValue::Kind;
  switch (value.kind()) {
    case Kind::boolean:
      return value.boolean();
    case Kind::integer:
      return value.integer();
    case Kind::floating:
      return value.floating();
    case Kind::string:
      return value.string();
    case Kind::bytes: {
      const auto bytes = value.elements<std::byte>();
      return OwnedValue::Bytes(bytes.begin(), bytes.end());
    }
    case Kind::value_array:
      return own_array(value.elements<AttributeValue>());
    case Kind::map:
      throw nb::type_error("resource: a value cannot be a mapping");
    default:
      return {};
  }
}

}  // namespace

void throw_wrong_type(const std::string& name, const char* wanted, nb::handle value) {
  throw nb::type_error(
      (name + " must be " + wanted + ", not " + nb::type_name(value.type()).c_str()).c_str());
}

std::string read_text(const std::string& name, nb::handle value) {
  if (!PyUnicode_Check(value.ptr())) throw_wrong_type(name, "a str", value);
  return nb::cast<std::string>(value);
}

milliseconds read_seconds(const std::string& name, nb::handle value) {
  const double seconds = PyFloat_AsDouble(value.ptr());
  if (seconds == -1.0 && PyErr_Occurred() != nullptr) {
    PyErr_Clear();
    throw_wrong_type(name, "a number of seconds", value);
  }
  // What is out of range stays so: cero says which range it is.
  constexpr double kFarOut = 1e12;
  if (!(std::abs(seconds) < kFarOut)) return milliseconds::max();
  return milliseconds(std::llround(seconds * 1e3));
}

std::vector<Header> read_headers(const std::string& name, nb::handle value) {
  std::vector<Header> headers;
  for (const nb::handle item : value.attr("items")()) {
    std::string header = read_text(name + "'s key", item[0]);
    const nb::object text = item[1];
    if (text.is_none()) {
      headers.emplace_back(std::move(header), nullptr);  // cero names it, and says what to do
    } else {
      headers.emplace_back(header, read_text(name + "['" + header + "']", text));
    }
  }
  return headers;
}

std::vector<OwnedAttribute> read_resource(nb::handle attributes) {
  std::vector<OwnedAttribute> resource;
  AttributeReader reader;
  reader.each(attributes, [&](std::string_view key, const AttributeValue& value) {
    resource.push_back({std::string(key), own(value)});
  });
  return resource;
}

}  // namespace cero::python
