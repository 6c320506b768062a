// The requests kept for a test to look at.
#ifndef CERO_TOOLS_RECEIVER_REQUEST_LOG_H_
#define CERO_TOOLS_RECEIVER_REQUEST_LOG_H_

#include <cstdint>
#include <mutex>
#include <utility>
#include <vector>

#include "receiver/request.h"

namespace cero::receiver {

struct ReceivedRequest {
  Request request;          // its body inflated, unless the request was refused before that
  int status = 0;           // that was decided on; a fault may have kept it from being sent
  uint64_t bytes_sent = 0;  // of the body, before it was inflated
};

// Written by the loop thread, emptied by any.
class RequestLog {
 public:
  void add(ReceivedRequest request) {
    const std::lock_guard lock(mutex_);
    requests_.push_back(std::move(request));
  }

  std::vector<ReceivedRequest> take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(requests_, {});
  }

 private:
  std::mutex mutex_;
  std::vector<ReceivedRequest> requests_;
};

}  // namespace cero::receiver

#endif  // CERO_TOOLS_RECEIVER_REQUEST_LOG_H_
