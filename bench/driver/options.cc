#include "driver/options.h"

#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdlib>

namespace cero::bench {
namespace {

std::optional<double> parse_number(const std::string& text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::string check_rate(const std::string& text) {
  const std::optional<double> number = parse_number(text);
  if (text == "max" || (number && *number >= 0 && *number <= 1e9)) return {};
  return "'" + text + "' is no rate; write spans per second (0 to 1e9) or max";
}

std::optional<CompressionChoice> parse_compression(const std::string& text) {
  CompressionChoice choice;
  const size_t colon = text.find(':');
  choice.name = text.substr(0, colon);
  if (choice.name != "none" && choice.name != "gzip" && choice.name != "zstd") return std::nullopt;
  if (colon == std::string::npos) return choice;
  const std::optional<double> level = parse_number(text.substr(colon + 1));
  const int level_min = choice.name == "gzip" ? 1 : -7;
  if (choice.name == "none" || !level || *level < level_min || *level > 12 ||
      *level != static_cast<int>(*level)) {
    return std::nullopt;
  }
  choice.level = static_cast<int>(*level);
  return choice;
}

std::string check_compression(const std::string& text) {
  if (parse_compression(text)) return {};
  return "'" + text + "' is none of none, gzip, gzip:1 to gzip:12, zstd, zstd:-7 to zstd:12";
}

// "max" is flat out: no rate.
std::optional<double> rate_of(const std::string& text) {
  return text == "max" ? std::nullopt : parse_number(text);
}

}  // namespace

DriverOptions parse_options(const char* program, int argc, char** argv) {
  DriverOptions options;
  std::string rate = "20000";
  std::string background = "0";
  std::string compression = "none";
  CLI::App app("Makes one server span again and again, delivers all, prints one JSON object.",
               program);
  app.add_option("--endpoint", options.endpoint, "The traces URL of a receiver on this machine")
      ->required();
  app.add_option("--cacert", options.ca_file, "PEM file to trust, for https")
      ->check(CLI::ExistingFile);
  app.add_option("--rate", rate, "Spans per second of all threads together, or max")
      ->check(CLI::Validator(check_rate, "N|max"));
  app.add_option("--seconds", options.seconds, "How long")->check(CLI::Range(0.1, 3600.0));
  app.add_option("--threads", options.threads, "Threads that make spans")
      ->check(CLI::Range(1, 4096));
  app.add_flag("--spin", options.spins, "Wait for a span's time by spinning instead of sleeping");
  app.add_flag("--time", options.times_spans, "Time each span");
  app.add_option("--background", background, "Spans per second of a further thread, or max")
      ->check(CLI::Validator(check_rate, "N|max"));
  app.add_flag("--hold-back", options.holds_back, "Export nothing before the flush");
  app.add_option("--compression", compression, "Of request bodies")
      ->check(CLI::Validator(check_compression, "none|gzip[:1..12]|zstd[:-7..12]"));
  app.add_option("--queue", options.queue_spans, "Spans that may wait, instead of the default");
  app.add_option("--batch", options.batch_spans, "Spans in a request, instead of the default");
  try {
    app.parse(argc, argv);
    if (rate_of(rate) == 0.0)
      throw CLI::ValidationError("--rate", "0 spans a second measure nothing");
  } catch (const CLI::ParseError& error) {
    std::exit(app.exit(error) == 0 ? 0 : 2);
  }
  options.spans_per_second = rate_of(rate);
  options.background_per_second = rate_of(background);
  options.compression = *parse_compression(compression);
  return options;
}

}  // namespace cero::bench
