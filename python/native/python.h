// nanobind, and what all files of the extension have in common.
#ifndef CERO_PYTHON_NATIVE_PYTHON_H_
#define CERO_PYTHON_NATIVE_PYTHON_H_

#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>

#include <chrono>
#include <cstdint>

#include "cero/span.h"

namespace cero::python {

namespace nb = nanobind;

// The API counts nanoseconds since the epoch. Zero is "now" to cero, so the epoch itself becomes
// the nanosecond after it.
inline Timestamp to_timestamp(int64_t unix_ns) noexcept {
  return Timestamp(std::chrono::duration_cast<Timestamp::duration>(
      std::chrono::nanoseconds(unix_ns == 0 ? 1 : unix_ns)));
}

// Of an optional argument: None is now. Spans take their times here, and not in ticks, so that the
// times a program reads from a span are those that are exported.
Timestamp time_or_now(nb::handle unix_ns);

}  // namespace cero::python

#endif  // CERO_PYTHON_NATIVE_PYTHON_H_
