// Page: a file of the repository that is made from lists in the code, or the part of one.
//
// A part stands between two lines of comment, by whose name it is found; all around it is written
// by hand:
//
//   <!-- made by ./dev tables: the name -->        # made by ./dev tables: the name
//   ...                                            ...
//   <!-- end -->                                   # end
#ifndef CERO_TOOLS_TABLES_PAGE_H_
#define CERO_TOOLS_TABLES_PAGE_H_

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace cero::tables {

struct Page {
  std::string path;  // below the root of the tree
  std::string part;  // its name in the marker; empty: the whole file
  std::string text;  // what the lists say; ends with a line break
};

// The file with the page's text in it. Throws std::runtime_error where the file lacks the markers.
std::string with_text(const Page& page, std::string_view file);

// A sentence for each page that is not as the lists have it, with the first line that differs.
// Throws std::runtime_error where a file cannot be read.
std::vector<std::string> check(const std::vector<Page>& pages, const std::filesystem::path& root);

// Writes what is not as the lists have it; returns the paths of the files written. Throws
// std::runtime_error.
std::vector<std::string> write(const std::vector<Page>& pages, const std::filesystem::path& root);

}  // namespace cero::tables

#endif  // CERO_TOOLS_TABLES_PAGE_H_
