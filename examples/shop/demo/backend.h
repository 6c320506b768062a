// Where the demo's spans go: a receiver in this process with TLS, or the user's own backend.
#ifndef CERO_EXAMPLES_SHOP_DEMO_BACKEND_H_
#define CERO_EXAMPLES_SHOP_DEMO_BACKEND_H_

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "receiver/receiver.h"

namespace shop::demo {

class LocalBackend {
 public:
  // Throws std::runtime_error.
  LocalBackend();
  ~LocalBackend();
  LocalBackend(const LocalBackend&) = delete;
  LocalBackend& operator=(const LocalBackend&) = delete;

  std::string url() const { return receiver_->urls().front(); }
  // The certificate of the receiver's throwaway authority.
  std::string ca_file() const { return directory_ + "/ca.pem"; }

  // From now on request bodies are kept, for the sample trace.
  void keep_bodies();
  std::vector<std::string> bodies() const;
  cero::receiver::Counts counts() const { return receiver_->counts(); }

 private:
  cero::receiver::Reply take(const cero::receiver::RequestInfo& request);

  mutable std::mutex mutex_;
  bool keeps_bodies_ = false;
  std::vector<std::string> bodies_;
  std::string directory_;
  std::unique_ptr<cero::receiver::Receiver> receiver_;  // last: it calls take()
};

}  // namespace shop::demo

#endif  // CERO_EXAMPLES_SHOP_DEMO_BACKEND_H_
