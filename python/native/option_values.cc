#include "option_values.h"

#include <cmath>
#include <memory>

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
  const nb::object bytes =
      nb::steal(PyUnicode_AsEncodedString(value.ptr(), "utf-8", "surrogateescape"));
  if (bytes.is_valid()) {
    return {PyBytes_AS_STRING(bytes.ptr()), static_cast<size_t>(PyBytes_GET_SIZE(bytes.ptr()))};
  }
  PyErr_Clear();
  throw nb::value_error((name + " is not valid Unicode: remove its surrogates").c_str());
}

nb::object attribute_or(nb::handle object, const char* name, nb::handle otherwise) {
  PyObject* const attribute = PyObject_GetAttrString(object.ptr(), name);
  if (attribute != nullptr) return nb::steal(attribute);
  if (PyErr_ExceptionMatches(PyExc_AttributeError) == 0) throw nb::python_error();
  PyErr_Clear();
  return nb::borrow(otherwise);
}

bool read_bool(const std::string& name, nb::handle value) {
  if (!PyBool_Check(value.ptr())) throw_wrong_type(name, "a bool", value);
  return value.is(Py_True);
}

milliseconds read_seconds(const std::string& name, nb::handle value) {
  const double seconds = PyFloat_AsDouble(value.ptr());
  if (seconds == -1.0 && PyErr_Occurred() != nullptr) {
    const bool too_large = PyErr_ExceptionMatches(PyExc_OverflowError) != 0;
    if (!too_large && PyErr_ExceptionMatches(PyExc_TypeError) == 0) throw nb::python_error();
    PyErr_Clear();
    if (too_large) return milliseconds::max();
    throw_wrong_type(name, "a number of seconds", value);
  }
  // What is out of range stays so: cero says which range it is.
  constexpr double kFarOut = 1e12;
  if (!(std::abs(seconds) < kFarOut)) return milliseconds::max();
  // What is not 0 does not become 0, which often means something else.
  const int64_t rounded = std::llround(seconds * 1e3);
  if (rounded == 0 && seconds != 0) return milliseconds(seconds > 0 ? 1 : -1);
  return milliseconds(rounded);
}

std::vector<Header> read_headers(const std::string& name, nb::handle value) {
  std::vector<Header> headers;
  const nb::object items = attribute_or(value, "items", nb::none());
  if (items.is_none()) throw_wrong_type(name, "a mapping of str to str", value);
  for (const nb::handle item : items()) {
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

std::vector<Endpoint> read_endpoints(const std::string& name, nb::handle value) {
  // A single URL is a sequence too, of letters.
  if (PyUnicode_Check(value.ptr()) || !PySequence_Check(value.ptr())) {
    throw_wrong_type(name, "a sequence of URLs or cero.Endpoint", value);
  }
  std::vector<Endpoint> endpoints;
  for (const nb::handle item : nb::list(value)) {
    const std::string place = name + "[" + std::to_string(endpoints.size()) + "]";
    if (PyUnicode_Check(item.ptr())) {
      endpoints.push_back({.url = read_text(place, item)});
      continue;
    }
    const nb::object url = attribute_or(item, "url", nb::none());
    if (url.is_none()) throw_wrong_type(place, "a str or a cero.Endpoint", item);
    const nb::object headers = attribute_or(item, "headers", nb::none());
    endpoints.push_back({.url = read_text(place + ".url", url)});
    if (!headers.is_none()) endpoints.back().headers = read_headers(place + ".headers", headers);
  }
  return endpoints;
}

std::vector<OwnedAttribute> read_resource(nb::handle attributes) {
  std::vector<OwnedAttribute> resource;
  AttributeReader reader;
  reader.each(attributes, [&](std::string_view key, const AttributeValue& value) {
    resource.push_back({std::string(key), own(value)});
  });
  return resource;
}

ThreadStartHook read_thread_start_hook(const std::string& name, nb::handle value) {
  if (PyCallable_Check(value.ptr()) == 0) throw_wrong_type(name, "callable", value);
  // The last copy may be dropped by a thread without the GIL.
  const std::shared_ptr<PyObject> callable(value.inc_ref().ptr(), [](PyObject* object) {
    if (Py_IsInitialized() == 0) return;
    const PyGILState_STATE state = PyGILState_Ensure();
    Py_DECREF(object);
    PyGILState_Release(state);
  });
  return [callable](std::string_view thread_name) {
    // Not nanobind's holder, which is noexcept: where the interpreter ends meanwhile, CPython ends
    // a thread that waits for the GIL by unwinding its stack.
    const PyGILState_STATE state = PyGILState_Ensure();
    PyObject* const name = PyUnicode_FromStringAndSize(thread_name.data(),
                                                       static_cast<Py_ssize_t>(thread_name.size()));
    PyObject* const result = name == nullptr ? nullptr : PyObject_CallOneArg(callable.get(), name);
    if (result == nullptr) PyErr_WriteUnraisable(callable.get());
    Py_XDECREF(name);
    Py_XDECREF(result);
    PyGILState_Release(state);
  };
}

}  // namespace cero::python
