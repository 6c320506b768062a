#include "cero/prepared_span.h"

#include <cstring>
#include <new>
#include <vector>

#include "trace/span_start.h"

namespace cero {

using core::SpanBuffer;

using detail::kOverwriteBytes;

// A record as it is after name, attributes and links: the wire bytes, and all that goes with them.
struct PreparedSpan::Template {
  SpanKind kind;
  uint32_t attributes_left;
  uint32_t dropped_attributes;
  uint32_t dropped_links;
  detail::RecordState state;
  size_t wire_bytes;
  std::vector<char> wire;  // and kOverwriteBytes that may be read

  [[gnu::always_inline]] void write(SpanBuffer& buffer) const noexcept {
    buffer.state = state;
    buffer.attributes_left = attributes_left;
    buffer.record->dropped_attributes = dropped_attributes;
    buffer.record->dropped_links = dropped_links;
    if (!core::ensure_room(buffer, wire_bytes)) [[unlikely]]
      return;
    // In steps that may go beyond the end: both sides have kOverwriteBytes there.
    for (size_t at = 0; at < wire_bytes; at += kOverwriteBytes)
      std::memcpy(buffer.at + at, wire.data() + at, kOverwriteBytes);
    buffer.at += wire_bytes;
  }
};

PreparedSpan Tracer::prepare(std::string_view name, const PrepareOptions& options) const noexcept {
  if (runtime_ == nullptr) return {};
  const core::SpanSource source{*runtime_, scope_, generation_, options.kind};
  SpanBuffer* buffer = core::make_loose_buffer();
  if (buffer == nullptr) return {*this, nullptr};
  core::begin_record(*buffer, source, 0);
  core::write_name(*buffer, name);
  for (const Attribute& attribute : options.attributes) core::add_attribute(*buffer, attribute);
  for (const Link& link : options.links) core::add_link(*buffer, link.context, link.attributes);
  std::shared_ptr<PreparedSpan::Template> prepared;
  try {
    prepared = std::make_shared<PreparedSpan::Template>(
        PreparedSpan::Template{.kind = options.kind,
                               .attributes_left = buffer->attributes_left,
                               .dropped_attributes = buffer->record->dropped_attributes,
                               .dropped_links = buffer->record->dropped_links,
                               .state = buffer->state,
                               .wire_bytes = buffer->wire_used(),
                               .wire = std::vector<char>(buffer->wire_used() + kOverwriteBytes)});
    std::memcpy(prepared->wire.data(), buffer->wire(), prepared->wire_bytes);
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
  return core::start_span(
      {*tracer_.runtime_, tracer_.scope_, tracer_.generation_, template_->kind}, parent,
      [this](SpanBuffer& buffer) { template_->write(buffer); },
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
  const core::SpanSource source{runtime, tracer_.scope_, tracer_.generation_, template_->kind};
  return core::start_span_anyhow(source, parent,
                                 [this](SpanBuffer& buffer) { template_->write(buffer); });
}

}  // namespace cero
