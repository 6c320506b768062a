#include "tables/pages.h"

namespace cero::tables {

std::vector<Page> all_pages() { return reliability_pages(); }

}  // namespace cero::tables
