#include "cero/prepared_span.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <string>

#include "base/span_prefix.h"
#include "trace/span_start.h"

namespace cero {

using core::SpanBuffer;

// A record as it is after name, attributes and links: the bytes, by number where they have one, and
// what recording goes on from.
struct PreparedSpan::Template {
  SpanKind kind;
  uint32_t attributes_kept;
  uint32_t attributes_left;
  uint32_t value_length_max;
  uint32_t dropped_attributes;
  uint32_t dropped_links;
  uint32_t prefix;
  detail::RecordState state;
  std::string wire;  // empty where `prefix` names it

  [[gnu::always_inline]] void begin(SpanBuffer& buffer,
                                    const core::SpanSource& source) const noexcept {
    core::begin_record(buffer, source);
    buffer.state = state;
    buffer.attributes_left = attributes_left;
    buffer.value_length_max = value_length_max;
    detail::RecordHeader& record = *buffer.record;
    record.kind = core::wire_kind(kind);
    record.dropped_attributes = dropped_attributes;
    record.dropped_links = dropped_links;
    record.prefix = prefix;
    if (!wire.empty()) [[unlikely]]
      copy_wire(buffer);
  }

  // In a provider that it was not prepared for: what is set later has that one's limits.
  void begin_elsewhere(SpanBuffer& buffer, const core::SpanSource& source) const noexcept {
    begin(buffer, source);
    const core::Runtime::Settings& settings = source.runtime.settings();
    const uint32_t attributes_max = settings.attributes_max.load(std::memory_order_relaxed);
    buffer.attributes_left = attributes_max - std::min(attributes_kept, attributes_max);
    buffer.value_length_max = settings.value_length_max.load(std::memory_order_relaxed);
  }

 private:
  [[gnu::cold]] void copy_wire(SpanBuffer& buffer) const noexcept;
};

void PreparedSpan::Template::copy_wire(SpanBuffer& buffer) const noexcept {
  if (!core::ensure_room(buffer, wire.size())) return core::keep_only_failure(buffer);
  std::memcpy(buffer.at, wire.data(), wire.size());
  buffer.at += wire.size();
}

namespace {

// Frees the buffer that a template is recorded into.
struct LooseBufferDeleter {
  void operator()(SpanBuffer* buffer) const noexcept { core::free_loose_buffer(buffer); }
};

}  // namespace

PreparedSpan Tracer::prepare(std::string_view name, const PrepareOptions& options) const noexcept
    try {
  if (runtime_ == nullptr) return {};
  const std::unique_ptr<SpanBuffer, LooseBufferDeleter> buffer(core::make_loose_buffer());
  if (!buffer) return {*this, nullptr};
  core::begin_record(*buffer, {*runtime_, scope_, generation_, options.kind});
  const uint32_t attributes_max = buffer->attributes_left;
  core::write_name(*buffer, name);
  for (const Attribute& attribute : options.attributes) core::add_attribute(*buffer, attribute);
  for (const Link& link : options.links) core::add_link(*buffer, link.context, link.attributes);
  detail::RecordState& state = buffer->state;
  if (state.failure == detail::RecordFailure::no_memory) return {*this, nullptr};
  // No span of it will be exported; each is counted when it ends.
  if (state.failure != detail::RecordFailure::none) core::keep_only_failure(*buffer);
  // The index is the buffer's own; a span that needs one makes it.
  state.index_count = 0;
  state.index_end = 0;
  const std::string_view wire(buffer->wire(), buffer->wire_used());
  const uint32_t prefix = core::intern_prefix(wire);
  if (prefix != 0) state.prefix_bytes = static_cast<uint16_t>(wire.size());
  return {*this, std::make_shared<PreparedSpan::Template>(PreparedSpan::Template{
                     .kind = options.kind,
                     .attributes_kept = attributes_max - buffer->attributes_left,
                     .attributes_left = buffer->attributes_left,
                     .value_length_max = buffer->value_length_max,
                     .dropped_attributes = buffer->record->dropped_attributes,
                     .dropped_links = buffer->record->dropped_links,
                     .prefix = prefix,
                     .state = state,
                     .wire = std::string(prefix != 0 ? std::string_view() : wire)})};
} catch (const std::bad_alloc&) {
  return {*this, nullptr};
}

detail::StartedSpan PreparedSpan::start_from_template(Parent parent) const noexcept {
  if (template_ == nullptr) [[unlikely]]
    return start_anyhow(parent);
  const Template& prepared = *template_;
  const core::SpanSource source{*tracer_.runtime_, tracer_.scope_, tracer_.generation_};
  return core::start_span(
      source, parent, [&](SpanBuffer& buffer) { prepared.begin(buffer, source); },
      [&] { return start_anyhow(parent); });
}

// Without its provider, without memory for the template, or on a thread that has no slot yet.
detail::StartedSpan PreparedSpan::start_anyhow(Parent parent) const noexcept {
  const bool stays = tracer_.has_provider();
  const Tracer tracer = stays ? tracer_ : tracer_.of_the_default();
  if (tracer.runtime_ == nullptr) return core::pass_on(parent);
  const core::SpanSource source{*tracer.runtime_, tracer.scope_, tracer.generation_};
  if (template_ == nullptr) {
    const core::CurrentKept kept;
    const SpanContext* context = core::resolve(parent);
    const uint64_t rule = core::sampling_rule(source.runtime, context);
    const bool sampled =
        tracer.has_provider() &&
        (context == nullptr ? rule != Sampler::kRuleNone
                            : core::is_sampled(rule, core::words_of(context->trace_id())));
    return core::start_without_memory(source.runtime, context, sampled);
  }
  const auto begin = [&](SpanBuffer& buffer) {
    stays ? template_->begin(buffer, source) : template_->begin_elsewhere(buffer, source);
  };
  return core::start_span_anyhow(source, parent, begin,
                                 [](const Parent& same) { return core::pass_on(same); });
}

}  // namespace cero
