#include "cero/prepared_span.h"

#include <cstring>
#include <new>
#include <vector>

#include "trace/span_start.h"

namespace cero {

using core::SpanBuffer;

// A record as it is after name, attributes and links: its bytes, and what recording goes on from.
struct PreparedSpan::Template {
  static constexpr size_t kBlock = 64;  // the image is copied in blocks, the last one filled up

  uint32_t attributes_left;
  uint32_t value_length_max;
  detail::RecordState state;
  size_t record_bytes;
  std::vector<char> image;

  [[gnu::always_inline]] void begin(SpanBuffer& buffer, core::Runtime& runtime) const noexcept {
    buffer.attributes_left = attributes_left;
    buffer.value_length_max = value_length_max;
    buffer.state = state;
    buffer.runtime = &runtime;
    char* to = reinterpret_cast<char*>(buffer.record);
    const char* from = image.data();
    size_t left = image.size();
    buffer.at = to + record_bytes;
    if (left > static_cast<size_t>(buffer.limit - to)) [[unlikely]]
      return begin_in_larger_block(buffer);
    for (; left != 0; left -= kBlock) {
      std::memcpy(to, from, kBlock);
      to += kBlock;
      from += kBlock;
    }
  }
  [[gnu::cold]] void begin_in_larger_block(SpanBuffer& buffer) const noexcept;
};

void PreparedSpan::Template::begin_in_larger_block(SpanBuffer& buffer) const noexcept {
  std::memcpy(static_cast<void*>(buffer.record), image.data(), sizeof(detail::RecordHeader));
  buffer.at = buffer.wire();
  const size_t wire_bytes = record_bytes - sizeof(detail::RecordHeader);
  if (!core::ensure_room(buffer, wire_bytes)) return;
  std::memcpy(buffer.at, image.data() + sizeof(detail::RecordHeader), wire_bytes);
  buffer.at += wire_bytes;
}

PreparedSpan Tracer::prepare(std::string_view name, const PrepareOptions& options) const noexcept {
  using Template = PreparedSpan::Template;
  if (runtime_ == nullptr) return {};
  SpanBuffer* buffer = core::make_loose_buffer();
  if (buffer == nullptr) return {*this, nullptr};
  core::begin_record(*buffer, {*runtime_, scope_, generation_, options.kind});
  core::write_name(*buffer, name);
  for (const Attribute& attribute : options.attributes) core::add_attribute(*buffer, attribute);
  for (const Link& link : options.links) core::add_link(*buffer, link.context, link.attributes);
  std::shared_ptr<Template> prepared;
  try {
    const size_t bytes = sizeof(detail::RecordHeader) + buffer->wire_used();
    const size_t blocks = (bytes + Template::kBlock - 1) / Template::kBlock;
    prepared =
        std::make_shared<Template>(Template{.attributes_left = buffer->attributes_left,
                                            .value_length_max = buffer->value_length_max,
                                            .state = buffer->state,
                                            .record_bytes = bytes,
                                            .image = std::vector<char>(blocks * Template::kBlock)});
    std::memcpy(prepared->image.data(), buffer->record, bytes);
    // The index is the buffer's own; a span that needs one makes it.
    prepared->state.index_count = 0;
    prepared->state.index_end = 0;
  } catch (const std::bad_alloc&) {
    prepared.reset();
  }
  core::free_loose_buffer(buffer);
  return {*this, std::move(prepared)};
}

detail::StartedSpan PreparedSpan::start_from_template(Parent parent) const noexcept {
  if (template_ == nullptr) [[unlikely]]
    return start_anyhow(parent);
  core::Runtime& runtime = *tracer_.runtime_;
  const Template& prepared = *template_;
  return core::start_span(
      {runtime, tracer_.scope_, tracer_.generation_}, parent,
      [&](SpanBuffer& buffer) { prepared.begin(buffer, runtime); },
      [&] { return start_anyhow(parent); });
}

// Without a provider, without memory for the template, or on a thread that has no slot yet.
detail::StartedSpan PreparedSpan::start_anyhow(Parent parent) const noexcept {
  if (tracer_.runtime_ == nullptr) return core::pass_on(core::resolve(parent));
  core::Runtime& runtime = *tracer_.runtime_;
  if (template_ == nullptr) {
    const SpanContext* context = core::resolve(parent);
    const bool sampled = runtime.is_live(tracer_.generation_) &&
                         core::sampling_rule(runtime, context) != Sampler::kRuleNone;
    return core::start_without_memory(runtime, context, sampled);
  }
  return core::start_span_anyhow({runtime, tracer_.scope_, tracer_.generation_}, parent,
                                 [&](SpanBuffer& buffer) { template_->begin(buffer, runtime); });
}

}  // namespace cero
