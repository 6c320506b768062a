// A program for late_spans_test.cc: ends spans in the destructors of thread-local and static
// objects, where cero's own handlers have run, and says what became of them.
//
// usage: late_spans ENDPOINT kept|gone
#include <cstdio>
#include <cstring>
#include <optional>
#include <thread>
#include <utility>

#include "cero/cero.h"

namespace {

constinit cero::TracerProvider* provider = nullptr;

// The first static object, so the last to be destroyed.
struct Report {
  ~Report() {
    if (provider == nullptr) {
      std::puts("nothing to report");
      return;
    }
    static_cast<void>(provider->force_flush());
    const cero::Stats stats = provider->stats();
    std::printf("%llu recorded, %llu exported\n", static_cast<unsigned long long>(stats.recorded),
                static_cast<unsigned long long>(stats.exported));
  }
};

// Ends a span that has long been open, and one of its own.
struct LateRecorder {
  cero::Tracer tracer;
  cero::Span open;

  ~LateRecorder() {
    open.set_attribute("late", true);
    open.end();
    tracer.start_span("late").end();
  }
};

void record_here(const cero::Tracer& tracer) {
  // Constructed before the thread's first span: destroyed after cero's handler.
  static thread_local LateRecorder late;
  late.tracer = tracer;
  late.open = tracer.start_span("open until the thread ends");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const bool gone = std::strcmp(argv[2], "gone") == 0;
  static Report report;
  static LateRecorder late;
  cero::Options options;
  options.exporter.endpoint = argv[1];
  auto made = cero::TracerProvider::create(std::move(options));
  if (!made) return std::fprintf(stderr, "%s\n", made.error().message().c_str()), 1;
  static std::optional<cero::TracerProvider> owner(std::move(made).value());
  cero::Tracer tracer = owner->get_tracer("late");
  late.tracer = tracer;
  late.open = tracer.start_span("open until the program ends");
  record_here(tracer);
  std::thread([&] { record_here(tracer); }).join();
  // Kept: it is never destroyed, and reported last.
  if (!gone) provider = new cero::TracerProvider(std::move(*owner));
  return 0;
}
