// What a span has recorded so far, as Python objects: read out of its bytes when somebody asks, so
// that recording costs nothing for it. Empty for a span that is not sampled.
#ifndef CERO_PYTHON_NATIVE_READABLE_H_
#define CERO_PYTHON_NATIVE_READABLE_H_

#include "python.h"
#include "span.h"

namespace cero::python {

void bind_readable(nb::class_<PySpan>& type);

}  // namespace cero::python

#endif  // CERO_PYTHON_NATIVE_READABLE_H_
