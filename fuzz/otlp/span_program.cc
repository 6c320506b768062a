#include "otlp/span_program.h"

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>

#include "cero/prepared_span.h"
#include "otlp/naive_text.h"
#include "otlp/program_input.h"
#include "otlp/request_checker.h"
#include "otlp/span_model.h"
#include "otlp/value_pair.h"
#include "support/recording_stage.h"

namespace cero::fuzz {
namespace {

constexpr size_t kOpenSpans = 4;
constexpr size_t kCurrentMax = 4;
constexpr size_t kSpansMax = 64;
// What is called on a larger one ends it, so that programs are quick.
constexpr size_t kSpanBytesMax = size_t{40} << 10;

// Of the samplers above.
bool is_sampled(const Sampler& sampler, const SpanContext& parent) {
  if (sampler.description() == Sampler::always_on().description()) return true;
  if (sampler.description() == Sampler::always_off().description()) return false;
  return !parent.valid() || parent.sampled();
}

uint64_t to_unix_ns(Timestamp time) {
  using std::chrono::nanoseconds;
  return static_cast<uint64_t>(
      std::chrono::duration_cast<nanoseconds>(time.time_since_epoch()).count());
}

class Program {
 public:
  explicit Program(InputReader& input)
      : input_(input),
        options_(make_options(input)),
        length_max_(options_.limits.attribute_value_length_max.value_or(UINT32_MAX)),
        stage_(options_),
        checker_(options_) {
    for (size_t i = 0; i < kScopes; ++i) tracers_[i] = make_tracer(stage_, i);
  }

  std::string run() {
    while (!input_.empty() && span_count_ < kSpansMax) step();
    while (!current_.empty()) current_.pop_back();
    for (OpenSpan& open : open_) close(open);
    for (const std::string& request : stage_.drain()) checker_.check(request);
    checker_.check_missing(stage_.producer_totals().dropped.span_too_large);
    return wrong_ + checker_.take_wrong();
  }

 private:
  struct OpenSpan {
    Span span;
    std::optional<SpanModel> model;  // none: not recording
    SpanContext context;
    size_t scope = 0;
  };
  struct Current {
    SpanContext context;
    std::unique_ptr<Scope> scope;
  };

  void fail(std::string_view what) { (wrong_ += what) += '\n'; }

  void step() {
    if (!(current_context() == expected_current())) fail("not the current context");
    OpenSpan& open = open_[input_.choice(kOpenSpans)];
    const uint32_t call = input_.choice(26);
    if (call == 0 || !open.context.valid()) return start(open);
    // What is called on a span that has ended, or has grown enough, changes nothing.
    if (open.model && open.model->size_bytes() > kSpanBytesMax) return end(open);
    if (call < 10) return set_attribute(open);
    if (call < 13) return add_event(open);
    if (call < 16) return add_link(open);
    if (call < 19) return set_status(open);
    if (call == 19) return update_name(open);
    if (call == 20) return record_exception(open);
    if (call == 21) return end(open);
    if (call == 22) return move(open);
    if (call == 23) return make_current(open);
    if (call == 24) return leave_current();
    close(open);
  }

  std::vector<AttributePair> make_attributes() {
    std::vector<AttributePair> attributes(input_.choice(6));
    for (AttributePair& attribute : attributes) {
      attribute.key = make_key(input_);
      attribute.value = make_value(input_, keeper_, length_max_);
    }
    return attributes;
  }
  static std::vector<Attribute> views(const std::vector<AttributePair>& attributes) {
    std::vector<Attribute> result;
    result.reserve(attributes.size());
    for (const AttributePair& attribute : attributes)
      result.push_back({attribute.key, attribute.value.given});
    return result;
  }

  Parent make_parent(SpanContext* context) {
    const uint32_t kind = input_.choice(6);
    if (kind == 0) {
      *context = expected_current();
      return {};
    }
    if (kind == 1) return Parent::none();
    *context = kind == 2 ? make_context(input_) : open_[input_.choice(kOpenSpans)].context;
    return *context;
  }

  void start(OpenSpan& open) {
    close(open);
    ++span_count_;
    SpanContext parent;
    StartOptions options{.parent = make_parent(&parent)};
    const uint8_t choices = input_.byte();
    options.kind = static_cast<SpanKind>(1 + choices % 5);
    const std::string name = make_text(input_);
    const auto attributes = make_attributes();
    const std::vector<Attribute> attribute_views = views(attributes);
    options.attributes = attribute_views;
    const SpanContext linked = make_context(input_);
    const auto link_attributes = make_attributes();
    const std::vector<Attribute> link_attribute_views = views(link_attributes);
    const std::vector<Link> links(input_.choice(3), Link{linked, link_attribute_views});
    options.links = links;
    SpanModel model(options_);
    model.start(name, options.kind);
    for (const AttributePair& attribute : attributes)
      model.set_attribute(attribute.key, attribute.value.expected);
    for (size_t i = 0; i < links.size(); ++i) model.add_link(linked, link_attributes);

    open.scope = input_.choice(kScopes);
    if (choices >= 128) {
      const PreparedSpan prepared = tracers_[open.scope].prepare(
          name, {.kind = options.kind, .attributes = attribute_views, .links = links});
      open.span = prepared.start(options.parent);
    } else {
      if (input_.choice(4) == 0) options.start_time = make_time(input_);
      if (input_.choice(8) == 0) options.trace_id = make_id<16>(input_);
      if (input_.choice(8) == 0) options.span_id = make_id<8>(input_);
      if (options.start_time != Timestamp{}) model.set_start_time(to_unix_ns(options.start_time));
      open.span = tracers_[open.scope].start_span(name, options);
    }
    open.context = open.span.context();
    check_start(open, parent, options);
    if (!open.span.is_recording()) return;
    model.identify(open.context, parent);
    open.model = std::move(model);
  }

  void check_start(const OpenSpan& open, const SpanContext& parent, const StartOptions& options) {
    const SpanContext& context = open.context;
    const bool sampled = is_sampled(options_.sampler, parent);
    if (open.span.is_recording() != sampled || context.sampled() != sampled) fail("wrong sampling");
    if (!context.valid() || context.remote()) fail("an invalid or remote context");
    if (options.span_id.valid() && context.span_id() != options.span_id)
      fail("not the given span id");
    if (parent.valid()) {
      if (context.trace_id() != parent.trace_id()) fail("not the parent's trace");
      if ((context.flags() ^ parent.flags()) & TraceFlags::kRandom)
        fail("not the parent's random flag");
      if (!(context.trace_state() == parent.trace_state())) fail("not the parent's tracestate");
    } else {
      const bool given = options.trace_id.valid();
      if (given && context.trace_id() != options.trace_id) fail("not the given trace id");
      if (((context.flags() & TraceFlags::kRandom) == 0) != given) fail("wrong random flag");
    }
  }

  void set_attribute(OpenSpan& open) {
    const std::string key = make_key(input_);
    official::AnyValue expected;
    switch (input_.choice(8)) {
      case 0: {
        const auto value = input_.number<int64_t>();
        open.span.set_attribute(key, value);
        expected.set_int_value(value);
        break;
      }
      case 1: {
        const auto value = input_.number<uint16_t>();
        open.span.set_attribute(key, value);
        expected.set_int_value(value);
        break;
      }
      case 2: {
        const bool value = input_.flip();
        open.span.set_attribute(key, value);
        expected.set_bool_value(value);
        break;
      }
      case 3: {
        const float value = static_cast<float>(input_.number<int16_t>()) / 4;
        open.span.set_attribute(key, value);
        expected.set_double_value(double{value});
        break;
      }
      case 4:
      case 5: {
        const std::string text = make_text(input_);
        if (input_.flip()) {
          open.span.set_attribute(key, text);
        } else {
          open.span.set_attribute(key, std::string_view(text));
        }
        expected.set_string_value(mended(text, length_max_));
        break;
      }
      default: {
        const ValuePair value = make_value(input_, keeper_, length_max_);
        open.span.set_attribute(key, value.given);
        expected = value.expected;
      }
    }
    if (open.model) open.model->set_attribute(key, expected);
  }

  void add_event(OpenSpan& open) {
    const std::string name = make_text(input_);
    const auto attributes = make_attributes();
    const Timestamp time = input_.choice(3) == 0 ? make_time(input_) : Timestamp{};
    open.span.add_event(name, views(attributes), time);
    if (open.model) open.model->add_event(name, attributes, to_unix_ns(time));
  }

  void record_exception(OpenSpan& open) {
    const std::runtime_error error(make_text(input_));
    auto attributes = make_attributes();
    open.span.record_exception(error, views(attributes));
    official::AnyValue type;
    official::AnyValue message;
    type.set_string_value(mended("std::runtime_error", length_max_));
    message.set_string_value(mended(error.what(), length_max_));
    attributes.insert(attributes.begin(),
                      {{"exception.type", {{}, type}}, {"exception.message", {{}, message}}});
    if (open.model) open.model->add_event("exception", attributes, 0);
  }

  void add_link(OpenSpan& open) {
    const SpanContext context = make_context(input_);
    const auto attributes = make_attributes();
    open.span.add_link(context, views(attributes));
    if (open.model) open.model->add_link(context, attributes);
  }

  void set_status(OpenSpan& open) {
    const auto code = static_cast<StatusCode>(input_.choice(3));
    const std::string description = make_text(input_);
    open.span.set_status(code, description);
    if (open.model) open.model->set_status(code, description);
  }

  void update_name(OpenSpan& open) {
    const std::string name = make_text(input_);
    open.span.update_name(name);
    if (open.model) open.model->update_name(name);
  }

  static void move(OpenSpan& open) {
    Span moved = std::move(open.span);
    open.span.set_attribute("moved", 1);  // ignored, as is all on a span that was moved from
    open.span = std::move(moved);
  }

  // The span goes on to be misused until it is closed.
  void end(OpenSpan& open) {
    if (input_.choice(3) == 0) {
      const Timestamp time = make_time(input_);
      open.span.end(time);
      if (open.model) open.model->set_end_time(to_unix_ns(time));
    } else {
      open.span.end();
    }
    note_end(open);
  }
  void close(OpenSpan& open) {
    if (!(open.span.context() == open.context)) fail("the context has changed");
    open.span = Span();
    note_end(open);
    open.context = SpanContext();
  }
  void note_end(OpenSpan& open) {
    if (open.model) checker_.expect(open.scope, *std::exchange(open.model, std::nullopt));
  }

  // An invalid context makes nothing current.
  void make_current(const OpenSpan& open) {
    if (current_.size() == kCurrentMax) return;
    current_.push_back({expected_current(), std::make_unique<Scope>(open.span)});
    if (open.context.valid()) current_.back().context = open.context;
  }
  void leave_current() {
    if (!current_.empty()) current_.pop_back();
  }
  SpanContext expected_current() const {
    return current_.empty() ? SpanContext() : current_.back().context;
  }

  InputReader& input_;
  const Options options_;
  const uint32_t length_max_;
  Keeper keeper_;
  test::RecordingStage stage_;
  std::array<Tracer, kScopes> tracers_;
  std::array<OpenSpan, kOpenSpans> open_;
  std::vector<Current> current_;  // the innermost last
  RequestChecker checker_;
  size_t span_count_ = 0;
  std::string wrong_;
};

}  // namespace

std::string run_span_program(std::span<const uint8_t> input) {
  InputReader reader(input);
  return Program(reader).run();
}

}  // namespace cero::fuzz
