// The variables of the exporter's endpoint: its URL and its headers.
#ifndef CERO_CORE_CONFIG_ENDPOINT_ENVIRONMENT_H_
#define CERO_CORE_CONFIG_ENDPOINT_ENVIRONMENT_H_

#include "cero/options.h"
#include "config/variable_reader.h"
#include "config/wording.h"

namespace cero::core {

// The variables that are read, and what they are read into.
struct EnvironmentReading {
  const VariableReader& variables;
  Options& options;
  Wording& wording;

  VariableReader reader_for(const OptionRow& option) const {
    return variables.for_option(wording.name(option));
  }
  VariableReader reader_for(OptionName option) const { return reader_for(option.row()); }
};

// Precondition: the exporter's protocol was read, which decides what an endpoint means.
void read_endpoint_variables(const EnvironmentReading& reading);

}  // namespace cero::core

#endif  // CERO_CORE_CONFIG_ENDPOINT_ENVIRONMENT_H_
