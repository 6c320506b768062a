// AttributeReader: Python values as views for cero, without a copy where there is none to make.
//
// As the SDK has it, a value that no attribute can have becomes its str() with a warning, or None
// where its class has no such words; a key that is none leaves its attribute out. Text that is not
// valid (lone surrogates) has question marks in those places.
//
// Views are valid until the reader is destroyed, and as long as the Python objects are not changed:
// use them before anything else runs.
#ifndef CERO_PYTHON_NATIVE_ATTRIBUTE_READER_H_
#define CERO_PYTHON_NATIVE_ATTRIBUTE_READER_H_

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cero/attribute.h"
#include "python.h"

namespace cero::python {

class AttributeReader {
 public:
  // Precondition: a str.
  std::string_view text(nb::handle value);
  // The text of a str; of anything else, of str(value).
  std::string_view text_of_any(nb::handle value);
  // Empty: not a key, and a warning says so. cero drops and counts an attribute without one.
  std::string_view key(nb::handle key);
  // The name is for warnings.
  AttributeValue value(std::string_view name, nb::handle value);

  // Calls use(key, value) for each of a mapping that may be None.
  template <typename Use>
  void each(nb::handle mapping, Use use) {
    if (mapping.is_none()) return;
    const nb::object items = items_of(mapping);
    if (PyDict_Check(items.ptr())) {
      Py_ssize_t at = 0;
      PyObject* name = nullptr;
      PyObject* value = nullptr;
      while (PyDict_Next(items.ptr(), &at, &name, &value)) take(name, value, use);
    } else {
      for (const nb::handle item : items) take(item[0], item[1], use);
    }
  }
  // All of a mapping that may be None.
  std::vector<Attribute> list(nb::handle mapping);

 private:
  // What views point to that no Python object of the caller's holds.
  struct Storage {
    std::deque<std::string> texts;
    std::deque<std::vector<AttributeValue>> arrays;
    std::deque<std::vector<Attribute>> maps;
    std::vector<nb::object> objects;
  };
  Storage& storage();

  template <typename Use>
  void take(nb::handle name, nb::handle value, Use& use) {
    const std::string_view read_key = key(name);
    use(read_key, this->value(read_key, value));
  }
  // A dict, or an iterable of pairs; kept.
  nb::object items_of(nb::handle mapping);
  AttributeValue nested(std::string_view name, nb::handle value);
  AttributeValue compound(std::string_view name, nb::handle value);
  AttributeValue words_for(std::string_view name, nb::handle value);
  AttributeValue integer(nb::handle value);

  std::unique_ptr<Storage> storage_;  // most spans need none
  int depth_ = 0;
};

}  // namespace cero::python

#endif  // CERO_PYTHON_NATIVE_ATTRIBUTE_READER_H_
