// The ledger in Python's values. Names come from the lists of cero/stats.h.
#ifndef CERO_PYTHON_NATIVE_LEDGER_H_
#define CERO_PYTHON_NATIVE_LEDGER_H_

#include "cero/stats.h"
#include "python.h"

namespace cero::python {

// Each number by its name, with "dropped" a dict by reason and "endpoints" a list of dicts.
nb::dict to_dict(const Stats& stats);

// ledger(): what the numbers are.
void bind_ledger(nb::module_& module);

}  // namespace cero::python

#endif  // CERO_PYTHON_NATIVE_LEDGER_H_
