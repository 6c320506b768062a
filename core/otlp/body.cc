#include "otlp/body.h"

#include <utility>

#include "base/assert.h"

namespace cero::core {

void BodyExchange::Queue::push(Body* body) {
  CERO_ASSERT(count < kBodyCount);
  slots[(first + count++) % kBodyCount] = body;
}

Body* BodyExchange::Queue::pop() {
  if (count == 0) return nullptr;
  Body* body = slots[first];
  first = (first + 1) % kBodyCount;
  --count;
  return body;
}

BodyExchange::BodyExchange() {
  for (Body& body : bodies_) free_.push(&body);
}

void BodyExchange::set_wakers(std::function<void()> on_submit,
                              std::function<void(uint32_t)> on_release) {
  on_submit_ = std::move(on_submit);
  on_release_ = std::move(on_release);
}

Body* BodyExchange::try_acquire() {
  const std::lock_guard lock(mutex_);
  return free_.pop();
}

void BodyExchange::submit(Body* body) {
  CERO_ASSERT(body->span_count > 0);
  {
    const std::lock_guard lock(mutex_);
    submitted_.push(body);
    span_count_ += body->span_count;
  }
  if (on_submit_) on_submit_();
}

Body* BodyExchange::try_take() {
  const std::lock_guard lock(mutex_);
  return submitted_.pop();
}

void BodyExchange::release(Body* body) {
  const uint32_t spans = body->span_count;
  body->bytes.clear();
  if (body->bytes.capacity() > kept_bytes_max_) body->bytes.shrink_to_fit();
  {
    const std::lock_guard lock(mutex_);
    span_count_ -= spans;
    body->span_count = 0;
    free_.push(body);
  }
  if (on_release_) on_release_(spans);
}

uint64_t BodyExchange::span_count() const {
  const std::lock_guard lock(mutex_);
  return span_count_;
}

}  // namespace cero::core
