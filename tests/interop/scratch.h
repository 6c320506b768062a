// Scratch: a folder for what the servers read (configurations, a certificate and its key) and
// write.
#ifndef CERO_TESTS_INTEROP_SCRATCH_H_
#define CERO_TESTS_INTEROP_SCRATCH_H_

#include <filesystem>
#include <string>
#include <string_view>

namespace cero::test {

class Scratch {
 public:
  // Holds ca.pem, cert.pem and key.pem: a certificate for localhost and 127.0.0.1 from a CA made
  // for this folder.
  Scratch();
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  std::string path(std::string_view name) const { return (folder_ / name).string(); }
  // The file's path.
  std::string write(std::string_view name, std::string_view content) const;

 private:
  std::filesystem::path folder_;
};

}  // namespace cero::test

#endif  // CERO_TESTS_INTEROP_SCRATCH_H_
