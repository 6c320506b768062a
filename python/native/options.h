// Keyword arguments of a provider as cero's Options.
#ifndef CERO_PYTHON_NATIVE_OPTIONS_H_
#define CERO_PYTHON_NATIVE_OPTIONS_H_

#include "cero/options.h"
#include "python.h"

namespace cero::python {

// By the keywords of the option table, durations in seconds. An unknown name or a value of the
// wrong type is a TypeError, a word that is none of the allowed ones a ValueError; ranges are
// cero's to check.
Options read_options(nb::dict arguments);

// The list of options, and Sampler.
void bind_options(nb::module_& module);

}  // namespace cero::python

#endif  // CERO_PYTHON_NATIVE_OPTIONS_H_
