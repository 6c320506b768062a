#include "config/environment.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <type_traits>
#include <utility>

#include "base/log.h"
#include "compress/zstd_compressor.h"
#include "config/endpoint_environment.h"
#include "config/key_value_list.h"
#include "config/option_table.h"

namespace cero::core {
namespace {

// Of integer variables, by the specification.
constexpr Range kVariableRange{0, 0x7fff'ffff};

// ---- Options whose variables are simply their value

template <EnumOption T>
bool is_supported(T) {
  return true;
}
bool is_supported(Compression compression) {
  return compression != Compression::zstd || has_zstd();
}

// The value of a variable for a field of this type.
template <typename T>
std::optional<T> read_value(const VariableReader& reader, std::string_view variable, Range range) {
  if constexpr (std::is_same_v<T, std::chrono::milliseconds>) {
    return reader.duration(variable, range);
  } else if constexpr (std::is_same_v<T, std::string>) {
    return reader.text(variable);
  } else if constexpr (EnumOption<T>) {
    std::vector<VariableReader::Choice<T>> choices;
    for (const OptionWord<T>& word : OptionWords<T>::kWords) {
      if (is_supported(word.value)) choices.push_back({word.text, word.value});
    }
    return reader.choice<T>(variable, choices);
  } else if constexpr (std::is_same_v<T, uint32_t>) {
    const auto number =
        reader.integer(variable, range.given() ? range & kVariableRange : kVariableRange);
    return number ? std::optional<T>(static_cast<T>(*number)) : std::nullopt;
  } else {
    return std::nullopt;  // has a reader of its own below
  }
}

template <typename T>
void read_field(const EnvironmentReading& reading, const OptionRow& option, T& field) {
  const VariableReader reader = reading.reader_for(option);
  for (const std::string_view variable : option.variables) {
    if (variable.empty()) return;
    if (auto value = read_value<T>(reader, variable, option.range)) {
      field = std::move(*value);
      return reading.wording.set_by(variable, option);
    }
  }
}
template <typename T>
void read_field(const EnvironmentReading& reading, const OptionRow& option,
                std::optional<T>& field) {
  T value{};
  read_field(reading, option, value);
  if (reading.wording.is_set_by_variable(option)) field = std::move(value);
}

// Those of a type that could be read so, but for what their variables mean.
constexpr OptionName kReadApart[] = {"exporter.kind", "exporter.endpoint"};

void read_plain(const EnvironmentReading& reading) {
  for (const OptionRow& option : kOptions) {
    const bool apart = std::any_of(std::begin(kReadApart), std::end(kReadApart),
                                   [&](OptionName name) { return &name.row() == &option; });
    if (apart) continue;
    std::visit([&](auto* field) { read_field(reading, option, *field); },
               option.field(reading.options));
  }
}

// ---- Log level

enum class LogLevel { none, error, warning, info, debug };

bool is_default(const LogHandler& handler) {
  using Function = void (*)(Severity, std::string_view);
  const Function* function = handler.target<Function>();
  return function != nullptr && *function == log_to_stderr;
}

void log_all_to_stderr(Severity severity, std::string_view message) {
  if (severity >= Severity::warning) return log_to_stderr(severity, message);
  std::fprintf(stderr, "cero: %s: %.*s\n", severity == Severity::info ? "info" : "debug",
               static_cast<int>(message.size()), message.data());
}

LogHandler filtered(Severity lowest) { return LeveledHandler{lowest, log_all_to_stderr}; }

LogHandler read_log_handler(const VariableReader& reader, LogHandler handler) {
  const auto level = reader.choice<LogLevel>("OTEL_LOG_LEVEL", {{"none", LogLevel::none},
                                                                {"error", LogLevel::error},
                                                                {"warn", LogLevel::warning},
                                                                {"warning", LogLevel::warning},
                                                                {"info", LogLevel::info},
                                                                {"debug", LogLevel::debug}});
  if (!level) return handler;
  // A handler of the host's own is told as much as it was, and debug lines on top.
  if (!is_default(handler)) {
    return handler && *level == LogLevel::debug ? LeveledHandler{Severity::debug, handler}
                                                : handler;
  }
  switch (*level) {
    case LogLevel::none:
      return nullptr;
    case LogLevel::error:
      return filtered(Severity::error);
    case LogLevel::warning:
      return filtered(Severity::warning);
    case LogLevel::info:
      return filtered(Severity::info);
    case LogLevel::debug:
      return filtered(Severity::debug);
  }
  return handler;
}

// ---- Exporter

void read_kind(const EnvironmentReading& reading) {
  constexpr OptionName kKind = "exporter.kind";
  ExporterKind& kind = reading.options.exporter.kind;
  const VariableReader reader = reading.reader_for(kKind);
  if (const auto value = read_value<ExporterKind>(reader, "OTEL_TRACES_EXPORTER", {})) {
    kind = *value;
    reading.wording.set_by("OTEL_TRACES_EXPORTER", kKind);
  }
  if (reader.boolean("OTEL_SDK_DISABLED")) {
    kind = ExporterKind::none;
    reading.wording.set_by("OTEL_SDK_DISABLED", kKind);
  }
}

// ---- Sampler

enum class SamplerName { on, off, ratio, parent_on, parent_off, parent_ratio };

std::optional<Sampler> named_sampler(const VariableReader& reader) {
  const auto name = reader.choice<SamplerName>(
      "OTEL_TRACES_SAMPLER", {{"always_on", SamplerName::on},
                              {"always_off", SamplerName::off},
                              {"traceidratio", SamplerName::ratio},
                              {"parentbased_always_on", SamplerName::parent_on},
                              {"parentbased_always_off", SamplerName::parent_off},
                              {"parentbased_traceidratio", SamplerName::parent_ratio}});
  if (!name) return std::nullopt;
  const auto ratio = [&] {
    return Sampler::trace_id_ratio(reader.ratio("OTEL_TRACES_SAMPLER_ARG").value_or(1));
  };
  switch (*name) {
    case SamplerName::on:
      return Sampler::always_on();
    case SamplerName::off:
      return Sampler::always_off();
    case SamplerName::ratio:
      return ratio();
    case SamplerName::parent_on:
      return Sampler::parent_based(Sampler::always_on());
    case SamplerName::parent_off:
      return Sampler::parent_based(Sampler::always_off());
    case SamplerName::parent_ratio:
      return Sampler::parent_based(ratio());
  }
  return std::nullopt;
}

void read_sampler(const EnvironmentReading& reading) {
  constexpr OptionName kSampler = "sampler";
  auto sampler = named_sampler(reading.reader_for(kSampler));
  if (!sampler) return;
  reading.options.sampler = std::move(*sampler);
  reading.wording.set_by("OTEL_TRACES_SAMPLER", kSampler);
}

// ---- Batch, resource

// The default batch is larger than the specification's queue, so that a queue size alone must not
// be an error.
void fit_batch_into_queue(const EnvironmentReading& reading) {
  constexpr OptionName kSpansMax = "batch.spans_max";
  BatchOptions& batch = reading.options.batch;
  const bool size_is_set = reading.wording.is_set_by_variable(kSpansMax);
  if (!size_is_set && !reading.wording.is_set_by_variable("batch.queue_spans_max")) return;
  if (!batch.queue_spans_max || batch.spans_max <= *batch.queue_spans_max) return;
  const uint32_t size = std::exchange(batch.spans_max, *batch.queue_spans_max);
  if (size_is_set) {
    reading.variables.ignored(
        "OTEL_BSP_MAX_EXPORT_BATCH_SIZE", std::to_string(size),
        "it is more than the queue holds, " + std::to_string(batch.spans_max));
  }
}

std::vector<OwnedAttribute> resource_attributes(const VariableReader& reader) {
  std::vector<OwnedAttribute> attributes;
  if (const auto text = reader.text("OTEL_RESOURCE_ATTRIBUTES")) {
    KeyValueList list = parse_key_value_list(*text, BadEscape::refuse);
    if (!list.unreadable.empty()) {  // then the specification wants none of it
      reader.ignored("OTEL_RESOURCE_ATTRIBUTES", *text,
                     "a percent-encoded list key=value,... is expected, and " +
                         places_text(list.unreadable) + " cannot be read");
    } else {
      for (KeyValue& attribute : list.members) {
        attributes.push_back({std::move(attribute.key), std::move(attribute.value)});
      }
    }
  }
  if (auto name = reader.text("OTEL_SERVICE_NAME")) {
    attributes.push_back({"service.name", std::move(*name)});
  }
  return attributes;
}

// Of equal keys the last one wins, so what code says comes last.
void read_resource(const EnvironmentReading& reading) {
  std::vector<OwnedAttribute>& given = reading.options.resource;
  std::vector<OwnedAttribute> resource = resource_attributes(reading.reader_for("resource"));
  std::move(given.begin(), given.end(), std::back_inserter(resource));
  given = std::move(resource);
}

}  // namespace

Options read_environment(Options defaults, const Environment& environment, Wording& wording) {
  Options options = std::move(defaults);
  const LogHandler given_handler = options.log_handler;
  options.log_handler =
      read_log_handler(VariableReader(environment, given_handler), options.log_handler);
  const VariableReader variables(environment, options.log_handler);
  const EnvironmentReading reading{variables, options, wording};

  const Compression given_compression = options.exporter.compression;
  read_plain(reading);
  Exporter& exporter = options.exporter;
  if (exporter.compression != given_compression) exporter.compression_level.reset();
  if (wording.is_set_by_variable("exporter.retry_time_max") &&
      exporter.retry_time_max->count() == 0) {
    exporter.retry_time_max.reset();
  }
  read_kind(reading);
  read_endpoint_variables(reading);
  read_sampler(reading);
  fit_batch_into_queue(reading);
  read_resource(reading);
  return options;
}

std::optional<std::string> process_variable(std::string_view name) {
  const char* value = std::getenv(std::string(name).c_str());
  if (value == nullptr) return std::nullopt;
  return std::string(value);
}

}  // namespace cero::core
