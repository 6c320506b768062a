#include "tables/pages.h"

namespace cero::tables {

std::vector<Page> all_pages() {
  std::vector<Page> pages = reliability_pages();
  pages.push_back(configuration_page());
  pages.push_back(python_options_page());
  pages.push_back(python_stats_page());
  return pages;
}

}  // namespace cero::tables
