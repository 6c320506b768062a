#include "service.h"

#include <pthread.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <limits>
#include <thread>

#include "loadgen/ledger.h"
#include "service_report.h"

namespace shop {
namespace {

// A kept-alive connection occupies a thread, so this bounds the connections too.
constexpr size_t kThreads = 16;

bool split_address(std::string_view text, std::string& host, int& port) {
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  host = text.substr(0, colon);
  const std::string_view digits = text.substr(colon + 1);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  return error == std::errc() && end == digits.data() + digits.size() && port >= 0 &&
         port <= 65'535;
}

std::string check_address(const std::string& text) {
  std::string host;
  int port = 0;
  return split_address(text, host, port)
             ? ""
             : "'" + text + "' is no HOST:PORT; write for example 127.0.0.1:8080";
}

std::optional<ServiceOptions> parse(int argc, char** argv, const std::string& name,
                                    bool needs_inventory, int& exit_code) {
  CLI::App app("A service of the shop example. OTEL_* variables say where its spans go.", name);
  std::string listen = "127.0.0.1:0";
  std::string inventory;
  std::string http = "auto";
  app.add_option("--listen", listen, "Where to serve; port 0: any free one")
      ->type_name("HOST:PORT")
      ->check(CLI::Validator(check_address, ""))
      ->capture_default_str();
  if (needs_inventory) {
    app.add_option("--inventory", inventory, "Where shop-inventory serves")
        ->type_name("HOST:PORT")
        ->check(CLI::Validator(check_address, ""))
        ->required();
  }
  app.add_option("--http", http, "HTTP version that spans are sent with")
      ->check(CLI::IsMember({"auto", "1.1"}))
      ->capture_default_str();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    exit_code = app.exit(error) == 0 ? 0 : 2;
    return std::nullopt;
  }
  ServiceOptions options;
  split_address(listen, options.listen_host, options.listen_port);
  split_address(inventory, options.inventory_host, options.inventory_port);
  if (http == "1.1") options.http_version = cero::HttpVersion::http1;
  return options;
}

void print_line(const std::string& line) {
  std::puts(line.c_str());
  std::fflush(stdout);  // somebody waits for it at the other end of a pipe
}

void configure(httplib::Server& server) {
  server.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
  server.set_keep_alive_max_count(std::numeric_limits<size_t>::max());
  server.set_tcp_nodelay(true);
}

// Serves until one of the signals comes, which every thread has blocked.
bool serve(httplib::Server& server, const ServiceOptions& options, const sigset_t& signals) {
  const int port =
      options.listen_port == 0
          ? server.bind_to_any_port(options.listen_host)
          : (server.bind_to_port(options.listen_host, options.listen_port) ? options.listen_port
                                                                           : -1);
  if (port < 0) return false;
  std::atomic<bool> ended = false;
  std::thread listening([&] {
    server.listen_after_bind();
    ended = true;
  });
  while (!server.is_running() && !ended)
    std::this_thread::yield();  // before that, stop() does nothing
  print_line("listening http://" + options.listen_host + ":" + std::to_string(port));
  int signal = 0;
  sigwait(&signals, &signal);
  server.stop();
  listening.join();
  return true;
}

}  // namespace

int run_service(int argc, char** argv, const std::string& name, bool needs_inventory,
                const AddRoutes& add_routes) {
  int exit_code = 0;
  const auto options = parse(argc, argv, name, needs_inventory, exit_code);
  if (!options) return exit_code;

  // Before any thread is made, so that all of them leave the signals to serve().
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);

  auto telemetry = Telemetry::create(name, options->http_version);
  if (!telemetry)
    return std::fprintf(stderr, "%s: %s\n", name.c_str(), telemetry.error().message().c_str()), 2;
  httplib::Server server;
  configure(server);
  TracedServer traced(server, *telemetry);
  const std::shared_ptr<void> state = add_routes(traced, *telemetry, *options);
  if (!serve(server, *options, signals)) {
    std::fprintf(stderr, "%s: cannot listen on %s:%d; choose another with --listen\n", name.c_str(),
                 options->listen_host.c_str(), options->listen_port);
    return 2;
  }

  const auto delivered = telemetry->provider().shutdown(std::chrono::seconds(5));
  if (!delivered)
    std::fprintf(stderr, "%s: %s\n", name.c_str(), delivered.error().message().c_str());
  const cero::Stats stats = telemetry->provider().stats();
  print_line(to_json({name, stats, telemetry->span_costs(), telemetry->clock_cost_ns()}));
  return cero::loadgen::is_lossless(stats) ? 0 : 1;
}

}  // namespace shop
