#include "cero/tracer.h"

#include "base/scope_info.h"
#include "trace/default_runtime.h"
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
                          [&] { return start_plain_anyhow(name, kind, parent); });
}

// Apart from start_with, since every span of a tracer from before its provider comes here.
detail::StartedSpan Tracer::start_plain_anyhow(std::string_view name, SpanKind kind,
                                               Parent parent) const noexcept {
  const Tracer other = has_provider() ? Tracer() : of_the_default();
  if (other.runtime_ != nullptr) return other.start_plain(name, kind, parent);
  return start_with(name, {.kind = kind, .parent = parent});
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
  const auto over = [&](const Parent& parent) {
    const Tracer other = of_the_default();
    return other.runtime_ == nullptr ? core::pass_on(parent) : other.start_with(name, options);
  };
  const auto span = core::start_span_anyhow(source, options.parent, begin, over);
  if (span.recording != nullptr && options.start_time != Timestamp{}) {
    span.recording->record->start = core::to_unix_ns(options.start_time);
    span.recording->record->marks |= detail::kStartIsUnix;
  }
  return span;
}

bool Tracer::enabled() const noexcept { return has_provider() || of_the_default().has_provider(); }

bool Tracer::has_provider() const noexcept {
  return runtime_ != nullptr &&
         (runtime_->is_live(generation_) || runtime_->is_inherited(generation_));
}

// It follows nothing itself, so whoever goes on with it goes one step and no more.
Tracer Tracer::of_the_default() const noexcept {
  if (!follows_default_) return {};
  const core::DefaultRuntime now = core::default_runtime();
  return now.runtime == nullptr ? Tracer() : Tracer(now.runtime, scope_, now.generation);
}

}  // namespace cero
