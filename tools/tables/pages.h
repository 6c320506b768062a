// The pages that are made from lists. Each file of this folder makes one page, or the parts of one.
#ifndef CERO_TOOLS_TABLES_PAGES_H_
#define CERO_TOOLS_TABLES_PAGES_H_

#include <string>
#include <vector>

#include "tables/page.h"

namespace cero::tables {

// docs/reliability.md: what the ledger's numbers are.
std::vector<Page> reliability_pages();
// The types of Python's Stats.
Page python_stats_page();

// docs/configuration.md: every option.
Page configuration_page();

// python/src/cero/_option_types.pyi: what type checkers know of a provider's keywords.
Page python_options_page();

// All of them. To add one, declare it above and put it here.
std::vector<Page> all_pages();

// The lists themselves as one JSON object.
std::string lists_json();

}  // namespace cero::tables

#endif  // CERO_TOOLS_TABLES_PAGES_H_
