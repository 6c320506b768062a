// Facts of the option table as documents write them.
#ifndef CERO_TOOLS_TABLES_OPTION_TEXT_H_
#define CERO_TOOLS_TABLES_OPTION_TEXT_H_

#include <string>

#include "config/option_row.h"

namespace cero::tables {

// "1 ms to 1 h", "64 KiB to 64 MiB", "1 to 1,000,000", or the words of an enumeration; empty for
// an option that has neither.
std::string range_text(const core::OptionRow& option);

// "10 s", "1 MiB", "128", "failover", or the row's own text.
std::string default_text(const core::OptionRow& option);

// The type that Python's keyword takes, None aside: "float", "Literal['none', 'gzip']".
std::string python_type(const core::OptionRow& option);

}  // namespace cero::tables

#endif  // CERO_TOOLS_TABLES_OPTION_TEXT_H_
