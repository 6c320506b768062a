#include "tables/page.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>
#include <stdexcept>

namespace cero::tables {
namespace {

// Takes one line off the front of `text`, its line break included.
std::string_view take_line(std::string_view* text) {
  const size_t end = std::min(text->find('\n'), text->size() - 1) + 1;
  const std::string_view line = text->substr(0, end);
  text->remove_prefix(end);
  return line;
}

std::string_view trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \n") - begin + 1);
}

// The text of a line that is a comment; nothing when it is none.
std::optional<std::string_view> comment_of(std::string_view line) {
  constexpr std::string_view kBegin = "<!--";
  constexpr std::string_view kEnd = "-->";
  line = trimmed(line);
  if (line.starts_with('#')) return trimmed(line.substr(1));
  if (!line.starts_with(kBegin) || !line.ends_with(kEnd)) return std::nullopt;
  line.remove_prefix(kBegin.size());
  line.remove_suffix(kEnd.size());
  return trimmed(line);
}

constexpr std::string_view kMarker = "made by ./dev tables: ";

// Where the line stands whose comment this is, from its end on; nothing when there is none.
std::optional<std::string_view> after_comment(std::string_view text, std::string_view comment) {
  while (!text.empty()) {
    if (comment_of(take_line(&text)) == comment) return text;
  }
  return std::nullopt;
}

// The same for the end of a part; another part that begins before has lost none of its own.
std::optional<std::string_view> after_end(std::string_view text) {
  while (!text.empty()) {
    const auto comment = comment_of(take_line(&text));
    if (comment == "end") return text;
    if (comment && comment->starts_with(kMarker)) return std::nullopt;
  }
  return std::nullopt;
}

std::string_view upto(std::string_view text, std::string_view rest) {
  return text.substr(0, text.size() - rest.size());
}

std::string name_of(const Page& page) {
  return page.part.empty() ? page.path : page.path + ", \"" + page.part + "\"";
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::string content{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file || is_directory(path)) throw std::runtime_error(path.string() + ": cannot be read");
  return content;
}

// What is on disk now. A file that is made as a whole may be missing.
std::string read_page(const Page& page, const std::filesystem::path& root) {
  const std::filesystem::path path = root / page.path;
  return page.part.empty() && !exists(path) ? std::string() : read_file(path);
}

std::string first_difference(std::string_view is, std::string_view should_be) {
  size_t number = 0;
  std::string_view old_line;
  std::string_view new_line;
  do {
    ++number;
    old_line = is.empty() ? std::string_view() : take_line(&is);
    new_line = should_be.empty() ? std::string_view() : take_line(&should_be);
  } while (old_line == new_line);
  return "line " + std::to_string(number) + " is\n  " + std::string(trimmed(old_line)) +
         "\nand should be\n  " + std::string(trimmed(new_line));
}

}  // namespace

std::string with_text(const Page& page, std::string_view file) {
  if (page.part.empty()) return page.text;
  const std::string marker = std::string(kMarker) + page.part;
  const auto behind_marker = after_comment(file, marker);
  if (!behind_marker) {
    throw std::runtime_error(page.path + ": has no line <!-- " + marker + " -->");
  }
  const auto behind_end = after_end(*behind_marker);
  if (!behind_end) {
    throw std::runtime_error(page.path + ": has no line <!-- end --> behind <!-- " + marker +
                             " -->");
  }
  // The line of the end stays as it is.
  std::string_view old_part = upto(*behind_marker, *behind_end);
  const size_t end_line = old_part.rfind('\n', old_part.size() - 2) + 1;
  const std::string_view rest = behind_marker->substr(end_line);
  return std::string(upto(file, *behind_marker)) + page.text + std::string(rest);
}

std::vector<std::string> check(const std::vector<Page>& pages, const std::filesystem::path& root) {
  std::vector<std::string> problems;
  for (const Page& page : pages) {
    const std::string is = read_page(page, root);
    const std::string should_be = with_text(page, is);
    if (is == should_be) continue;
    problems.push_back(name_of(page) + ": is not what the lists say, run ./dev tables: " +
                       first_difference(is, should_be));
  }
  return problems;
}

std::vector<std::string> write(const std::vector<Page>& pages, const std::filesystem::path& root) {
  check(pages, root);  // nothing is written where a page cannot be
  std::vector<std::string> written;
  for (const Page& page : pages) {
    const std::string is = read_page(page, root);
    const std::string should_be = with_text(page, is);
    if (is == should_be) continue;
    std::ofstream file(root / page.path, std::ios::trunc);
    if (!(file << should_be).flush()) {
      throw std::runtime_error(page.path + ": cannot be written");
    }
    if (written.empty() || written.back() != page.path) written.push_back(page.path);
  }
  return written;
}

}  // namespace cero::tables
