// Each case is a program that must not compile: CASE names one, 0 none.
#include <cero/cero.h>

#include <optional>
#include <vector>

enum class Colour { red };
struct Opaque {};

void use(cero::Tracer tracer, cero::TracerProvider& provider) {
  cero::Span span = tracer.start_span("s");
#if CASE == 0
  // What surrounds each case does compile, and so do the cases' proper forms.
  span.set_attribute("id", 42);
  char key[] = "runtime key";
  span.set_attribute(key, std::vector<float>{1});
  if (auto flushed = provider.force_flush(); !flushed) return;
  const std::vector<cero::Attribute> attributes = {{"n", 1}};
  const cero::SpanContext context = span.context();
  cero::StartOptions options;
  options.attributes = attributes;
  options.parent = context;
  options.attributes = cero::Attributes();
  cero::Span in_a_call =
      tracer.start_span("s", {.parent = span.context(), .attributes = {{"n", 1}}});
#elif CASE == 1
  span.set_attribute("opaque", Opaque{});
#elif CASE == 2
  int value = 1;
  span.set_attribute("pointer", &value);  // is no bool
#elif CASE == 3
  span.set_attribute("wide", L"text");
#elif CASE == 4
  span.set_attribute("utf-16", u"text");
#elif CASE == 5
  span.set_attribute("enum", Colour::red);
#elif CASE == 6
  span.set_attribute("optional", std::optional<int>(1));
#elif CASE == 7
  span.set_attribute("bits", std::vector<bool>{true});
#elif CASE == 8
  span.set_attribute("character", U'x');
#elif CASE == 9
  span.set_attribute("long doubles", std::vector<long double>{1});
#elif CASE == 10
  span.set_attribute("opaque list", std::vector<Opaque>(1));
#elif CASE == 11
  span.set_attribute(7, "key");
#elif CASE == 12
  cero::Span copy = span;
#elif CASE == 13
  tracer.start_span("ends at once");
#elif CASE == 14
  provider.force_flush();
#elif CASE == 15
  cero::TracerProvider copy = provider;
#elif CASE == 16
  auto scoped = tracer.start_as_current_span("s");
  auto moved = std::move(scoped);
#elif CASE == 17
  cero::StartOptions options;
  options.attributes = {{"n", 1}};
#elif CASE == 18
  cero::StartOptions options;
  options.attributes = std::vector<cero::Attribute>{{"n", 1}};
#elif CASE == 19
  cero::StartOptions options;
  options.parent = span.context();
#elif CASE == 20
  cero::PrepareOptions options;
  options.links = {{span.context()}};
#elif CASE == 21
  span.set_attribute("grade", 'c');
#elif CASE == 22
  cero::AttributeValue value;
  value = std::string("dies at once");
#endif
}
