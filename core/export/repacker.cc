#include "export/repacker.h"

#include <memory>
#include <new>
#include <string>
#include <utility>

#include "base/assert.h"
#include "otlp/request_splitter.h"

namespace cero::core {

Repacked Repacker::to_gzip(Batch& batch) noexcept try {
  std::string body;
  if (!packer_.unpack({batch.bytes, batch.encoding, batch.body_bytes}, &body))
    return Repacked::damaged;
  std::string bytes;
  packer_.pack_as(ContentEncoding::gzip, body, &bytes);
  queue_.swap_bytes(batch, bytes);
  batch.encoding = ContentEncoding::gzip;
  return Repacked::done;
} catch (const std::bad_alloc&) {
  return Repacked::no_memory;
}

Repacked Repacker::split(Batch& batch, uint64_t token) noexcept try {
  CERO_ASSERT(batch.span_count > 1);
  const uint32_t first_count = batch.span_count / 2;
  std::string body;
  RequestHalves halves;
  if (!packer_.unpack({batch.bytes, batch.encoding, batch.body_bytes}, &body) ||
      !split_request(body, first_count, &halves)) {
    return Repacked::damaged;
  }
  std::string& first = body;  // no longer needed as it was
  packer_.pack_as(batch.encoding, halves.first, &first);
  std::unique_ptr<Batch> second = queue_.make();
  packer_.pack_as(batch.encoding, halves.second, &second->bytes);
  second->encoding = batch.encoding;
  second->body_bytes = static_cast<uint32_t>(halves.second.size());
  second->span_count = batch.span_count - first_count;
  second->number = batch.number;
  second->token = token;
  second->failure_count = batch.failure_count;
  second->slow_upload_count = batch.slow_upload_count;
  second->own_fault = batch.own_fault;
  second->refused_time = batch.refused_time;
  second->healthy_time_at_failure = batch.healthy_time_at_failure;
  second->answers_at_failure = batch.answers_at_failure;
  first.shrink_to_fit();
  queue_.add_half(batch, std::move(second));  // the last thing that can fail
  queue_.swap_bytes(batch, first);
  batch.body_bytes = static_cast<uint32_t>(halves.first.size());
  batch.span_count = first_count;
  batch.attempt_count = 0;
  return Repacked::done;
} catch (const std::bad_alloc&) {
  return Repacked::no_memory;
}

}  // namespace cero::core
