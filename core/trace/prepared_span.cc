#include "cero/prepared_span.h"

#include <cstring>
#include <new>
#include <vector>

#include "trace/span_start.h"

namespace cero {

using core::SpanBuffer;

// A record as it is after name, attributes and links: the wire bytes, and all that goes with them.
struct PreparedSpan::Template {
  SpanKind kind;
  uint32_t attributes_left;
  uint32_t dropped_attributes;
  uint32_t dropped_links;
  detail::RecordState state;
  size_t wire_bytes;
  std::vector<char> wire;  // and kOverwriteBytes that may be read
};

namespace {

using detail::kOverwriteBytes;

// In steps that may go beyond the end: both sides have kOverwriteBytes there.
void copy_steps(char* to, const char* from, size_t size) noexcept {
  for (size_t at = 0; at < size; at += kOverwriteBytes)
    std::memcpy(to + at, from + at, kOverwriteBytes);
}

}  // namespace

PreparedSpan Tracer::prepare(std::string_view name, const PrepareOptions& options) const noexcept {
  if (runtime_ == nullptr) return {};
  const core::SpanSource source{*runtime_, scope_, generation_};
  SpanBuffer* buffer = core::make_loose_buffer();
  if (buffer == nullptr) return {*this, nullptr};
  core::begin_record(*buffer, source);
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
  if (tracer_.runtime_ == nullptr) return Tracer::pass_on(parent);
  core::Runtime& runtime = *tracer_.runtime_;
  if (template_ == nullptr) [[unlikely]] {
    const SpanContext* context = core::resolve(parent);
    const bool counts = runtime.is_live(tracer_.generation_) &&
                        core::sampling_rule(runtime, context) != Sampler::kRuleNone;
    return core::start_without_memory(runtime, context, counts);
  }
  const Template& prepared = *template_;
  const core::SpanSource source{runtime, tracer_.scope_, tracer_.generation_};
  return core::start_span(source, prepared.kind, parent, [&prepared](SpanBuffer& buffer) {
    buffer.state = prepared.state;
    buffer.attributes_left = prepared.attributes_left;
    buffer.record->dropped_attributes = prepared.dropped_attributes;
    buffer.record->dropped_links = prepared.dropped_links;
    if (!core::ensure_room(buffer, prepared.wire_bytes)) [[unlikely]]
      return;
    copy_steps(buffer.at, prepared.wire.data(), prepared.wire_bytes);
    buffer.at += prepared.wire_bytes;
  });
}

}  // namespace cero
