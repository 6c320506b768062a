// cero-tables: writes the pages of this repository that are made from lists in its code, or checks
// that they are as the lists have it. ./dev tables runs it.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>

#include "tables/pages.h"

namespace {

int check(const std::string& root) {
  const auto problems = cero::tables::check(cero::tables::all_pages(), root);
  for (const std::string& problem : problems) std::fprintf(stderr, "%s\n", problem.c_str());
  return problems.empty() ? 0 : 1;
}

int write(const std::string& root) {
  const auto written = cero::tables::write(cero::tables::all_pages(), root);
  for (const std::string& path : written) std::printf("wrote %s\n", path.c_str());
  return 0;
}

}  // namespace

int main(int argc, char** argv) try {
  std::string check_root;
  std::string write_root;
  bool json = false;
  CLI::App app("The pages that are made from lists in the code: checks or writes them.",
               "cero-tables");
  app.add_option("--check", check_root, "Exit with 1 where a page of this tree is out of date")
      ->type_name("ROOT")
      ->check(CLI::ExistingDirectory);
  app.add_option("--write", write_root, "Write what is out of date in this tree")
      ->type_name("ROOT")
      ->check(CLI::ExistingDirectory);
  app.add_flag("--json", json, "Print the lists");
  app.require_option(1);
  CLI11_PARSE(app, argc, argv);
  if (json) {
    std::fputs(cero::tables::lists_json().c_str(), stdout);
    if (std::fflush(stdout) != 0) throw std::runtime_error("standard output cannot be written");
  }
  if (!check_root.empty()) return check(check_root);
  return write_root.empty() ? 0 : write(write_root);
} catch (const std::exception& error) {
  std::fprintf(stderr, "cero-tables: %s\n", error.what());
  return 2;
}
