#include "interop/scratch.h"

#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <stdlib.h>

#include <fstream>
#include <memory>
#include <stdexcept>

#include "receiver/throwaway_certificate.h"

namespace cero::test {
namespace {

struct Close {
  void operator()(FILE* file) const { std::fclose(file); }
};

std::unique_ptr<FILE, Close> create(const std::string& path) {
  std::unique_ptr<FILE, Close> file(std::fopen(path.c_str(), "w"));
  if (!file) throw std::runtime_error("cannot write " + path);
  return file;
}

}  // namespace

Scratch::Scratch() {
  std::string name = testing::TempDir() + "cero_interop_XXXXXX";
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make " + name);
  folder_ = name;
  const receiver::ThrowawayCertificate made = receiver::make_throwaway_certificate();
  write("ca.pem", made.ca_certificate_pem);
  PEM_write_X509(create(path("cert.pem")).get(), made.leaf.get());
  PEM_write_PrivateKey(create(path("key.pem")).get(), made.leaf_key.get(), nullptr, nullptr, 0,
                       nullptr, nullptr);
}

Scratch::~Scratch() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::string Scratch::write(std::string_view name, std::string_view content) const {
  std::ofstream file(path(name));
  if (!(file << content).flush()) throw std::runtime_error("cannot write " + path(name));
  return path(name);
}

}  // namespace cero::test
