#include "cero/tracer.h"

#include "base/scope_info.h"
#include "trace/span_start.h"

namespace cero {

detail::StartedSpan Tracer::pass_on_slow(Parent parent) noexcept { return core::pass_on(parent); }

detail::StartedSpan Tracer::start_plain(std::string_view name, SpanKind kind,
                                        Parent parent) const noexcept {
  const core::SpanSource source{*runtime_, scope_, generation_, kind};
  const auto begin = [&](core::SpanBuffer& buffer) {
    core::begin_record(buffer, source);
    core::write_name(buffer, name);
  };
  return core::start_span(source, parent, begin,
                          [&] { return start_with(name, {.kind = kind, .parent = parent}); });
}

detail::StartedSpan Tracer::start_with(std::string_view name,
                                       const StartOptions& options) const noexcept {
  const core::SpanSource source{*runtime_, scope_, generation_, options.kind, &options};
  const auto begin = [&](core::SpanBuffer& buffer) {
    core::begin_record(buffer, source);
    core::write_name(buffer, name);
    for (const Attribute& attribute : options.attributes) core::add_attribute(buffer, attribute);
    for (const Link& link : options.links) core::add_link(buffer, link.context, link.attributes);
  };
  const auto span = core::start_span_anyhow(source, options.parent, begin);
  if (span.recording != nullptr && options.start_time != Timestamp{}) {
    span.recording->record->start = core::to_unix_ns(options.start_time);
    span.recording->record->marks |= detail::kStartIsUnix;
  }
  return span;
}

bool Tracer::enabled() const noexcept {
  return runtime_ != nullptr &&
         (runtime_->is_live(generation_) || runtime_->is_inherited(generation_));
}

}  // namespace cero
