// What opentelemetry.trace.Span is natively.
#ifndef CERO_PYTHON_NATIVE_SPAN_H_
#define CERO_PYTHON_NATIVE_SPAN_H_

#include <optional>
#include <string_view>

#include "cero/span.h"
#include "python.h"
#include "tracer.h"

namespace cero::python {

// What a span does with an exception that leaves its `with`.
struct OnException {
  bool records;
  bool sets_status;
};

class PySpan {
 public:
  PySpan(Span span, nb::handle tracer, const std::optional<SpanContext>& parent,
         OnException on_exception)
      : span_(std::move(span)),
        sampled_(span_.is_recording()),
        on_exception_(on_exception),
        parent_(parent),
        tracer_(nb::borrow(tracer)) {}
  PySpan(PySpan&&) = default;
  ~PySpan();

  static nb::object make(Span span, nb::handle tracer, const std::optional<SpanContext>& parent,
                         OnException on_exception);
  // nullptr: it is not one of these.
  static PySpan* of(nb::handle object) noexcept;

  SpanContext context() const noexcept { return span_.context(); }
  Span& span() noexcept { return span_; }
  const Span& span() const noexcept { return span_; }
  // Whether it records, or did until it ended: then what it recorded can be read.
  bool sampled() const noexcept { return sampled_; }
  bool ended() const noexcept { return sampled_ && !span_.is_recording(); }
  const std::optional<SpanContext>& parent() const noexcept { return parent_; }
  const PyTracer& tracer() const { return *nb::inst_ptr<PyTracer>(tracer_); }
  OnException on_exception() const noexcept { return on_exception_; }
  nb::object& context_object() noexcept { return context_object_; }

 private:
  Span span_;
  bool sampled_;
  OnException on_exception_;
  std::optional<SpanContext> parent_;
  nb::object tracer_;
  nb::object context_object_;  // made when it is asked for
};

// With what the reader made of a value.
void set_attribute(Span& span, std::string_view key, const AttributeValue& value) noexcept;

// `self` is a Span object.
void end_span(nb::handle self, nb::handle end_time);
// An exception leaves a `with` of the span's; `escaped` is what is recorded of that.
void note_exception(nb::handle self, nb::handle exception, OnException what, bool escaped);

void bind_span(nb::module_& module);

}  // namespace cero::python

#endif  // CERO_PYTHON_NATIVE_SPAN_H_
