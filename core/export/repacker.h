// Repacker: makes another body of one that is held packed: gzip for a backend that refuses zstd,
// halves for one that finds it too large.
#ifndef CERO_CORE_EXPORT_REPACKER_H_
#define CERO_CORE_EXPORT_REPACKER_H_

#include <cstdint>

#include "export/body_packer.h"
#include "export/retry_queue.h"

namespace cero::core {

enum class Repacked {
  done,
  damaged,    // what was held is no body of ours: memory was overwritten
  no_memory,  // the batch is as it was
};

class Repacker {
 public:
  Repacker(BodyPacker& packer, RetryQueue& queue) : packer_(packer), queue_(queue) {}

  // The batch is in flight for the queue.
  Repacked to_gzip(Batch& batch) noexcept;

  // The batch keeps the first half of its spans; the other half becomes the next of the queue, with
  // the token. Precondition: it has two spans or more.
  Repacked split(Batch& batch, uint64_t token) noexcept;

 private:
  BodyPacker& packer_;
  RetryQueue& queue_;
};

}  // namespace cero::core

#endif  // CERO_CORE_EXPORT_REPACKER_H_
