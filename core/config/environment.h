// The standard OTEL_* variables as Options.
//
// What a variable sets replaces the option, except: resource attributes in code win over those of
// variables [spec 2.8], and headers are replaced one by one. A variable that cannot be read is
// reported and ignored [spec 2.9], of a list of headers the entry alone. URLs, header names and
// file names are read as they stand: validate() judges them, since to go on without an endpoint
// that somebody set would lose spans silently.
//
// option_table.h says which variables an option has; docs/configuration.md shows it.
//
// OTEL_BSP_EXPORT_TIMEOUT bounds the export of one batch, retries included, which is what
// retry_time_max does; neither a flush nor a shutdown is bounded by it, they have deadlines of
// their own. A batch size above the queue's is lowered to it.
#ifndef CERO_CORE_CONFIG_ENVIRONMENT_H_
#define CERO_CORE_CONFIG_ENVIRONMENT_H_

#include "cero/options.h"
#include "config/variable_reader.h"
#include "config/wording.h"

namespace cero::core {

// `wording` learns which variable set which option.
Options read_environment(Options defaults, const Environment& environment, Wording& wording);

// The variables of this process.
std::optional<std::string> process_variable(std::string_view name);

}  // namespace cero::core

#endif  // CERO_CORE_CONFIG_ENVIRONMENT_H_
