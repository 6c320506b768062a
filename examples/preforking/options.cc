#include "options.h"

#include <CLI/CLI.hpp>

namespace preforking {

std::optional<ServerOptions> parse_options(int argc, char** argv, int& exit_code) {
  CLI::App app(
      "A server that forks its workers and replaces each after some requests, as Gunicorn and "
      "uWSGI "
      "do, under load\nfrom clients of its own. The tracer provider is made before the forks. "
      "OTEL_* "
      "variables say where spans go.",
      "preforking");
  app.footer(
      "Exit status: 0 when every worker ended well and every span of every process was exported; 1 "
      "when not;\n2 for a wrong option.");
  ServerOptions options;
  const CLI::Range range(1, 1'000'000);
  app.add_option("--workers", options.workers, "Processes at a time")
      ->capture_default_str()
      ->check(range);
  app.add_option("--forks", options.forks, "Processes in all")->capture_default_str()->check(range);
  app.add_option("--requests", options.requests, "Requests that a worker serves before it ends")
      ->capture_default_str()
      ->check(range);
  app.add_option("--threads", options.threads, "Threads of each worker")
      ->capture_default_str()
      ->check(range);
  app.add_option("--clients", options.clients, "Clients, threads of the master")
      ->capture_default_str()
      ->check(range);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    exit_code = app.exit(error) == 0 ? 0 : 2;
    return std::nullopt;
  }
  return options;
}

}  // namespace preforking
