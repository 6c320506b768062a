// LargeAnswer: which of a transport's answers may be large.
//
// An answer has kSmallAnswerBytes, many times what servers send; one at a time may be as large as
// response_bytes_max. So a backend that answers with pages takes no more memory for having several
// requests under way. An answer that finds another one large fails as for want of memory.
//
// Threads: one, the transport's.
#ifndef CERO_CORE_HTTP_LARGE_ANSWER_H_
#define CERO_CORE_HTTP_LARGE_ANSWER_H_

#include <cstddef>

namespace cero::core {

constexpr size_t kSmallAnswerBytes = size_t{64} << 10;

class CurlTransfer;

class LargeAnswer {
 public:
  // False: it is another one's.
  bool take(const CurlTransfer* transfer) noexcept {
    if (owner_ == nullptr) owner_ = transfer;
    return owner_ == transfer;
  }
  void give_back(const CurlTransfer* transfer) noexcept {
    if (owner_ == transfer) owner_ = nullptr;
  }

 private:
  const CurlTransfer* owner_ = nullptr;
};

}  // namespace cero::core

#endif  // CERO_CORE_HTTP_LARGE_ANSWER_H_
