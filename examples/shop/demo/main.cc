// shop-demo: starts the shop and a backend, sends customers, and ends with what became of every
// span.
#include <cstdio>
#include <fstream>

#include "demo/backend.h"
#include "demo/options.h"
#include "demo/result.h"
#include "demo/services.h"
#include "demo/trace_picture.h"
#include "demo/traffic.h"
#include "loadgen/figures.h"
#include "loadgen/progress_line.h"
#include "loadgen/stop_signal.h"

namespace shop::demo {
namespace {

constexpr std::chrono::milliseconds kRefresh{100};

void say(const std::string& text) {
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
}

std::string bar(double share) {
  constexpr size_t kWidth = 32;
  const auto filled = static_cast<size_t>(share * kWidth);
  return "[" + std::string(filled, '#') + std::string(kWidth - filled, '.') + "]";
}

// Returns the seconds it took.
double drive(Traffic& traffic, const DemoOptions& options, cero::loadgen::StopSignal& stop_signal) {
  using Clock = std::chrono::steady_clock;
  cero::loadgen::ProgressLine line;
  const auto start = Clock::now();
  for (;;) {
    const std::chrono::duration<double> elapsed = Clock::now() - start;
    if (elapsed >= options.duration) return elapsed.count();
    line.show("  " + bar(elapsed / options.duration) + " " +
              cero::loadgen::fixed(elapsed.count(), 1) + " s, " +
              cero::loadgen::grouped(traffic.requests_so_far()) + " requests");
    const auto left =
        std::chrono::duration_cast<std::chrono::nanoseconds>(options.duration - elapsed);
    if (stop_signal.wait_for(std::min<std::chrono::nanoseconds>(kRefresh, left)))
      throw Interrupted();
  }
}

void introduce(const DemoOptions& options, const Destination& destination,
               const Services& services) {
  say("  customers   " + std::to_string(options.clients) + " at a time, for " +
      cero::loadgen::fixed(options.duration.count(), 1) + " s\n" + "  gateway     http://" +
      services.gateway_address() + "\n" + "  inventory   http://" + services.inventory_address() +
      ", SQLite\n" + "  spans to    " + destination.url +
      (destination.ca_file.empty() ? "" : "  (a receiver in this process, TLS)") + "\n\n");
}

int finish(const DemoResult& result, const DemoOptions& options) {
  say(to_text(result, options));
  if (!options.json_file.empty()) {
    std::ofstream file(options.json_file);
    if (!(file << to_json(result, options)).flush()) {
      std::fprintf(stderr, "shop-demo: --json %s cannot be written; name a writable file\n",
                   options.json_file.c_str());
      return 2;
    }
  }
  return problems(result, options).empty() ? 0 : 1;
}

int run(const DemoOptions& options, cero::loadgen::StopSignal& stop_signal) {
  const auto backend = options.endpoint.empty() ? std::make_unique<LocalBackend>() : nullptr;
  const Destination destination =
      backend ? Destination{backend->url(), backend->ca_file()} : Destination{options.endpoint, ""};
  say("cero's demo: an online shop, two services, every request traced\n\n");
  Services services(destination, options, stop_signal);
  introduce(options, destination, services);

  DemoResult result;
  {
    Traffic traffic(services.gateway_port(), options.clients);
    result.seconds = drive(traffic, options, stop_signal);
    result.traffic = traffic.stop();
  }
  if (backend) backend->keep_bodies();
  result.sample_trace_id = buy_once(services.gateway_port(), result.traffic);
  result.services = services.stop();
  if (backend) {
    result.received = backend->counts();
    say("One checkout, as the receiver has it: trace " + result.sample_trace_id + "\n" +
        draw_trace(backend->bodies(), result.sample_trace_id) + "\n");
  }
  return finish(result, options);
}

}  // namespace
}  // namespace shop::demo

int main(int argc, char** argv) {
  using namespace shop::demo;
  int exit_code = 0;
  const auto options = parse_options(argc, argv, exit_code);
  if (!options) return exit_code;
  cero::loadgen::StopSignal stop_signal;
  try {
    return run(*options, stop_signal);
  } catch (const Interrupted&) {
    std::fputs("shop-demo: stopped; the services have ended too\n", stderr);
    return 130;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "shop-demo: %s\n", error.what());
    return 1;
  }
}
