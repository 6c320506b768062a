#include "demo/backend.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace shop::demo {

LocalBackend::LocalBackend() {
  std::string pattern = (std::filesystem::temp_directory_path() / "cero-demo-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr)
    throw std::runtime_error("cannot make a directory like " + pattern);
  directory_ = pattern;

  cero::receiver::ReceiverOptions options;
  options.listeners = {{.host = "127.0.0.1", .port = 0, .tls = true}};
  options.on_request = [this](const cero::receiver::RequestInfo& request) { return take(request); };
  auto receiver = cero::receiver::Receiver::start(std::move(options));
  if (!receiver)
    throw std::runtime_error("the receiver does not start: " + receiver.error().message());
  receiver_ = *std::move(receiver);
  std::ofstream file(ca_file());
  if (!(file << receiver_->ca_certificate_pem()).flush())
    throw std::runtime_error("cannot write " + ca_file());
}

LocalBackend::~LocalBackend() {
  std::error_code ignored;  // a left-over file in the temporary directory harms nobody
  std::filesystem::remove_all(directory_, ignored);
}

void LocalBackend::keep_bodies() {
  const std::lock_guard lock(mutex_);
  keeps_bodies_ = true;
}

std::vector<std::string> LocalBackend::bodies() const {
  const std::lock_guard lock(mutex_);
  return bodies_;
}

cero::receiver::Reply LocalBackend::take(const cero::receiver::RequestInfo& request) {
  const std::lock_guard lock(mutex_);
  if (keeps_bodies_) bodies_.emplace_back(request.body);
  return {};
}

}  // namespace shop::demo
