// Keyword arguments of a provider as cero's Options.
#ifndef CERO_PYTHON_NATIVE_OPTIONS_H_
#define CERO_PYTHON_NATIVE_OPTIONS_H_

#include <string>

#include "cero/options.h"
#include "python.h"

namespace cero::python {

// By the names of the Python package, durations in seconds. An unknown name or a value of the wrong
// type is a TypeError, a word that is none of the allowed ones a ValueError; ranges are cero's to
// check.
Options read_options(nb::dict arguments);
// What cero says of an option, by its Python name.
std::string by_python_names(std::string message);

void bind_sampler(nb::module_& module);

}  // namespace cero::python

#endif  // CERO_PYTHON_NATIVE_OPTIONS_H_
