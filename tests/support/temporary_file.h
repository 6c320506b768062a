// TemporaryFile: a file with some content, gone when the test is over.
#ifndef CERO_TESTS_SUPPORT_TEMPORARY_FILE_H_
#define CERO_TESTS_SUPPORT_TEMPORARY_FILE_H_

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace cero::test {

class TemporaryFile {
 public:
  explicit TemporaryFile(std::string_view content) : path_(testing::TempDir() + "cero_XXXXXX") {
    const int file = mkstemp(path_.data());
    if (file < 0) throw std::runtime_error("no temporary file");
    const ssize_t written = write(file, content.data(), content.size());
    close(file);
    if (written != static_cast<ssize_t>(content.size()))
      throw std::runtime_error("temporary file cut short");
  }
  ~TemporaryFile() { unlink(path_.c_str()); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  const std::string& path() const { return path_; }
  void rewrite(std::string_view content) const {
    std::ofstream file(path_, std::ios::trunc);
    if (!(file << content).flush()) throw std::runtime_error("temporary file not rewritten");
  }

 private:
  std::string path_;
};

}  // namespace cero::test

#endif  // CERO_TESTS_SUPPORT_TEMPORARY_FILE_H_
