#include "span_context.h"

#include <array>
#include <bit>

#include "api.h"

namespace cero::python {
namespace {

constexpr size_t kWord = sizeof(uint64_t);

uint64_t low_word(nb::handle number) {
  const unsigned long long word = PyLong_AsUnsignedLongLongMask(number.ptr());
  if (word == static_cast<unsigned long long>(-1) && PyErr_Occurred() != nullptr)
    throw nb::python_error();
  return word;
}

void store_big_endian(uint8_t* to, uint64_t word) {
  for (size_t i = 0; i < kWord; ++i) to[i] = static_cast<uint8_t>(word >> (56 - 8 * i));
}

uint64_t load_big_endian(const uint8_t* from) {
  uint64_t word = 0;
  for (size_t i = 0; i < kWord; ++i) word = word << 8 | from[i];
  return word;
}

TraceState read_trace_state(nb::handle state) {
  if (state.is_none() || nb::len(state) == 0) return {};
  const nb::object header = state.attr("to_header")();
  return TraceState::from_header(nb::cast<std::string_view>(header));
}

}  // namespace

SpanId read_span_id(nb::handle number) {
  std::array<uint8_t, 8> bytes;
  store_big_endian(bytes.data(), low_word(number));
  return SpanId(bytes);
}

TraceId read_trace_id(nb::handle number) {
  static PyObject* const bits = PyLong_FromLong(64);
  const nb::object high = nb::steal(PyNumber_Rshift(number.ptr(), bits));
  if (!high.is_valid()) throw nb::python_error();
  std::array<uint8_t, 16> bytes;
  store_big_endian(bytes.data(), low_word(high));
  store_big_endian(bytes.data() + kWord, low_word(number));
  return TraceId(bytes);
}

nb::object id_to_int(const uint8_t* bytes, size_t size) {
  nb::object number = nb::steal(PyLong_FromUnsignedLongLong(load_big_endian(bytes)));
  if (size == kWord) return number;
  static PyObject* const bits = PyLong_FromLong(64);
  const nb::object low = nb::steal(PyLong_FromUnsignedLongLong(load_big_endian(bytes + kWord)));
  const nb::object high = nb::steal(PyNumber_Lshift(number.ptr(), bits));
  return nb::steal(PyNumber_Or(high.ptr(), low.ptr()));
}

SpanContext read_span_context(nb::handle context) {
  const auto flags = static_cast<uint8_t>(low_word(context.attr("trace_flags")));
  return {read_trace_id(context.attr("trace_id")), read_span_id(context.attr("span_id")), flags,
          PyObject_IsTrue(context.attr("is_remote").ptr()) == 1,
          read_trace_state(context.attr("trace_state"))};
}

nb::object make_span_context(const SpanContext& context) {
  const auto& trace_id = context.trace_id().bytes();
  const auto& span_id = context.span_id().bytes();
  nb::object trace_state = context.trace_state().empty()
                               ? api().trace_state_class()
                               : api().trace_state_class.attr("from_header")(nb::make_tuple(
                                     nb::str(context.trace_state().to_header().data(),
                                             context.trace_state().to_header().size())));
  return api().span_context_class(id_to_int(trace_id.data(), trace_id.size()),
                                  id_to_int(span_id.data(), span_id.size()), context.remote(),
                                  api().trace_flags[context.flags() & 3], trace_state);
}

}  // namespace cero::python
