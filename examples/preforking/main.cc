// A pre-forking server: one provider, made before the workers are forked, serves all of them.
#include <cero/cero.h>
#include <unistd.h>

#include <cstdio>
#include <exception>

#include "master.h"
#include "options.h"

namespace {

void print(const char* who, const cero::Stats& stats) {
  std::printf("%s: %llu spans recorded, %llu exported\n", who,
              static_cast<unsigned long long>(stats.recorded),
              static_cast<unsigned long long>(stats.exported));
}

}  // namespace

int main(int argc, char** argv) try {
  int exit_code = 0;
  const auto options = preforking::parse_options(argc, argv, exit_code);
  if (!options) return exit_code;
  // A worker's spans carry the worker's process.pid.
  auto provider = cero::TracerProvider::from_environment(
      {.resource = {{"service.name", "preforking"}, {"process.pid", getpid()}}});
  if (!provider) return std::fprintf(stderr, "%s\n", provider.error().message().c_str()), 1;

  preforking::Master master(*options, *provider);
  master.run();
  static_cast<void>(provider->shutdown());
  const cero::Stats own = provider->stats();
  std::printf("%d workers, %llu requests answered\n", options->forks,
              static_cast<unsigned long long>(master.answers()));
  print("workers", master.worker_stats());
  print("master", own);
  const int failed = master.failed_workers();
  if (failed > 0) std::printf("%d workers crashed or lost spans\n", failed);
  return failed == 0 && own.recorded == own.exported ? 0 : 1;
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
