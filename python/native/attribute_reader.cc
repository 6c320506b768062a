#include "attribute_reader.h"

#include "api.h"

namespace cero::python {
namespace {

// Parsers of protobuf read a hundred messages deep, two of which are a level here; a backend would
// refuse a whole request for a deeper one. Also ends a list that holds itself.
constexpr int kDepthMax = 32;

}  // namespace

AttributeReader::Storage& AttributeReader::storage() {
  if (storage_ == nullptr) storage_ = std::make_unique<Storage>();
  return *storage_;
}

std::string_view AttributeReader::text(nb::handle value) {
  Py_ssize_t size = 0;
  if (const char* utf8 = PyUnicode_AsUTF8AndSize(value.ptr(), &size))
    return {utf8, static_cast<size_t>(size)};
  PyErr_Clear();
  const nb::object mended = nb::steal(PyUnicode_AsEncodedString(value.ptr(), "utf-8", "replace"));
  if (!mended.is_valid()) throw nb::python_error();
  storage().texts.emplace_back(PyBytes_AS_STRING(mended.ptr()),
                               static_cast<size_t>(PyBytes_GET_SIZE(mended.ptr())));
  return storage_->texts.back();
}

std::string_view AttributeReader::text_of_any(nb::handle value) {
  if (PyUnicode_Check(value.ptr())) return text(value);
  storage().objects.push_back(nb::str(value));
  return text(storage_->objects.back());
}

std::string_view AttributeReader::key(nb::handle key) {
  if (PyUnicode_Check(key.ptr())) {
    const std::string_view name = text(key);
    if (!name.empty()) return name;
  }
  log(LogLevel::warning, std::string("an attribute's key is ") + nb::repr(key).c_str() +
                             ": pass a str, not empty; the attribute is dropped");
  return {};
}

AttributeValue AttributeReader::integer(nb::handle value) {
  int overflow = 0;
  const long long number = PyLong_AsLongLongAndOverflow(value.ptr(), &overflow);
  if (overflow == 0) {
    if (number == -1 && PyErr_Occurred() != nullptr) throw nb::python_error();
    return static_cast<int64_t>(number);
  }
  // As cero does with what is beyond int64: its digits. int.__repr__, since a subclass (an
  // enumeration) may print as something else.
  nb::object digits = nb::steal(PyLong_Type.tp_repr(value.ptr()));
  if (!digits.is_valid()) throw nb::python_error();
  storage().objects.push_back(std::move(digits));
  return text(storage_->objects.back());
}

AttributeValue AttributeReader::value(std::string_view name, nb::handle value) {
  PyObject* const object = value.ptr();
  if (PyUnicode_Check(object)) return text(value);
  if (PyBool_Check(object)) return object == Py_True;
  if (PyLong_Check(object)) return integer(value);
  if (PyFloat_Check(object)) return PyFloat_AS_DOUBLE(object);
  if (value.is_none()) return AttributeValue();
  if (PyBytes_Check(object)) {
    const auto* bytes = reinterpret_cast<const std::byte*>(PyBytes_AS_STRING(object));
    return std::span(bytes, static_cast<size_t>(PyBytes_GET_SIZE(object)));
  }
  return nested(name, value);
}

AttributeValue AttributeReader::nested(std::string_view name, nb::handle value) {
  if (depth_ == kDepthMax) return {};
  struct Level {
    explicit Level(int& counter) : depth(counter) { ++depth; }
    ~Level() { --depth; }
    int& depth;
  };
  const Level level(depth_);
  try {
    return compound(name, value);
  } catch (nb::python_error& error) {  // of a class of the user's making
    log(LogLevel::warning, "attribute '" + std::string(name) + "' cannot be read: " + error.what());
    return {};
  }
}

AttributeValue AttributeReader::compound(std::string_view name, nb::handle value) {
  const bool is_list = PyList_Check(value.ptr()) || PyTuple_Check(value.ptr());
  if (!is_list && (PyDict_Check(value.ptr()) || api().is_mapping(value))) {
    std::vector<Attribute> map = list(value);
    storage().maps.push_back(std::move(map));
    return std::span<const Attribute>(storage_->maps.back());
  }
  if (!is_list && !api().is_sequence(value)) return words_for(name, value);  // a set, say
  const nb::object items = nb::steal(PySequence_Tuple(value.ptr()));
  if (!items.is_valid()) throw nb::python_error();
  storage().objects.push_back(items);
  const Py_ssize_t count = PyTuple_GET_SIZE(items.ptr());
  std::vector<AttributeValue> array;
  array.reserve(static_cast<size_t>(count));
  for (Py_ssize_t i = 0; i < count; ++i)
    array.push_back(this->value(name, PyTuple_GET_ITEM(items.ptr(), i)));
  storage().arrays.push_back(std::move(array));
  return std::span<const AttributeValue>(storage_->arrays.back());
}

AttributeValue AttributeReader::words_for(std::string_view name, nb::handle value) {
  PyTypeObject* const type = Py_TYPE(value.ptr());
  const bool has_words =
      type->tp_str != PyBaseObject_Type.tp_str || type->tp_repr != PyBaseObject_Type.tp_repr;
  log(LogLevel::warning, "attribute '" + std::string(name) + "' has the type " +
                             nb::type_name(value.type()).c_str() +
                             ", which is none of str, bool, "
                             "int, float, bytes, None, sequence and mapping: it becomes " +
                             (has_words ? "its str()" : "None"));
  return has_words ? AttributeValue(text_of_any(value)) : AttributeValue();
}

nb::object AttributeReader::items_of(nb::handle mapping) {
  if (PyDict_CheckExact(mapping.ptr())) return nb::borrow(mapping);
  // The SDK's own attributes make a dict of themselves faster than they can be walked.
  nb::object items = nb::hasattr(mapping, "copy") ? mapping.attr("copy")() : nb::borrow(mapping);
  if (!PyDict_Check(items.ptr())) items = items.attr("items")();
  storage().objects.push_back(items);
  return items;
}

std::vector<Attribute> AttributeReader::list(nb::handle mapping) {
  std::vector<Attribute> attributes;
  each(mapping, [&](std::string_view key, const AttributeValue& value) {
    attributes.push_back({key, value});
  });
  return attributes;
}

}  // namespace cero::python
