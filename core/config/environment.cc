#include "config/environment.h"

#include <strings.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "compress/zstd_compressor.h"
#include "config/key_value_list.h"
#include "config/url.h"

namespace cero::core {
namespace {

// ---- Log level

enum class LogLevel { none, error, warning, info, debug };

bool is_default(const LogHandler& handler) {
  using Function = void (*)(Severity, std::string_view);
  const Function* function = handler.target<Function>();
  return function != nullptr && *function == log_to_stderr;
}

LogHandler filtered(Severity lowest) {
  return [lowest](Severity severity, std::string_view message) {
    if (severity < lowest) return;
    if (severity >= Severity::warning) return log_to_stderr(severity, message);
    std::fprintf(stderr, "cero: %s: %.*s\n", severity == Severity::info ? "info" : "debug",
                 static_cast<int>(message.size()), message.data());
  };
}

LogHandler read_log_handler(const VariableReader& reader, LogHandler handler) {
  const auto level = reader.choice<LogLevel>("OTEL_LOG_LEVEL", {{"none", LogLevel::none},
                                                                {"error", LogLevel::error},
                                                                {"warn", LogLevel::warning},
                                                                {"warning", LogLevel::warning},
                                                                {"info", LogLevel::info},
                                                                {"debug", LogLevel::debug}});
  if (!level || !is_default(handler)) return handler;
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

// The trace-specific variable if it can be read, else the general one.
template <typename Read>
auto read_otlp(std::string_view suffix, Read read) {
  auto value = read("OTEL_EXPORTER_OTLP_TRACES_" + std::string(suffix));
  return value ? value : read("OTEL_EXPORTER_OTLP_" + std::string(suffix));
}

// A base URL becomes the traces URL; a query stays behind the path. A Unix socket alone is whole:
// what is asked for there by default are traces.
std::string traces_url(const std::string& base) {
  const Result<Url> parsed = parse_url(base);
  if (parsed && !parsed->socket_path.empty() && parsed->path_empty) return base;
  const size_t path_end = std::min(base.find_first_of("?#"), base.size());
  std::string url = base.substr(0, path_end);
  if (!url.ends_with('/')) url += '/';
  return url + "v1/traces" + base.substr(path_end);
}

void read_protocol(const VariableReader& reader, Exporter& exporter) {
  const auto protocol = read_otlp("PROTOCOL", [&](const std::string& name) {
    return reader.choice<Protocol>(
        name, {{"http/protobuf", Protocol::http_protobuf}, {"grpc", Protocol::grpc}});
  });
  if (protocol) exporter.protocol = *protocol;
}

// gRPC's endpoint may be host and port alone; another variable then says whether that is TLS.
void read_grpc_endpoint(const VariableReader& reader, Exporter& exporter) {
  const auto insecure = read_otlp("INSECURE", [&](const std::string& name) -> std::optional<bool> {
    if (!reader.text(name)) return std::nullopt;
    return reader.boolean(name);
  });
  auto endpoint = read_otlp("ENDPOINT", [&](const std::string& name) { return reader.text(name); });
  if (!endpoint) return;
  const bool has_scheme = endpoint->find("://") != std::string::npos || is_unix_url(*endpoint);
  const char* const scheme = insecure.value_or(false) ? "http://" : "https://";
  exporter.endpoint = has_scheme ? std::move(*endpoint) : scheme + *endpoint;
}

void read_endpoint(const VariableReader& reader, Exporter& exporter) {
  if (exporter.protocol == Protocol::grpc) return read_grpc_endpoint(reader, exporter);
  if (auto url = reader.text("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")) {
    exporter.endpoint = std::move(*url);
  } else if (const auto base = reader.text("OTEL_EXPORTER_OTLP_ENDPOINT")) {
    exporter.endpoint = traces_url(*base);
  }
}

void set_header(std::vector<Header>& headers, KeyValue header) {
  std::erase_if(headers, [&](const Header& other) {
    return strcasecmp(other.name().c_str(), header.key.c_str()) == 0;
  });
  headers.emplace_back(std::move(header.key), std::move(header.value));
}

void read_headers(const VariableReader& reader, Exporter& exporter) {
  auto list =
      read_otlp("HEADERS", [&](const std::string& name) -> std::optional<std::vector<KeyValue>> {
        const std::optional<std::string> text = reader.text(name);
        if (!text) return std::nullopt;
        auto parsed = parse_key_value_list(*text, BadEscape::keep);
        if (!parsed) reader.ignored(name, "a list name=value,... is expected");
        return parsed;
      });
  if (!list) return;
  for (KeyValue& header : *list) set_header(exporter.headers, std::move(header));
}

void read_compression(const VariableReader& reader, Exporter& exporter) {
  const auto compression = read_otlp("COMPRESSION", [&](const std::string& name) {
    if (!has_zstd()) {
      return reader.choice<Compression>(name,
                                        {{"none", Compression::none}, {"gzip", Compression::gzip}});
    }
    return reader.choice<Compression>(
        name,
        {{"none", Compression::none}, {"gzip", Compression::gzip}, {"zstd", Compression::zstd}});
  });
  if (!compression || *compression == exporter.compression) return;
  exporter.compression = *compression;
  exporter.compression_level.reset();  // it was another one's
}

void read_file(const VariableReader& reader, std::string_view suffix, std::string& file) {
  auto name = read_otlp(suffix, [&](const std::string& variable) { return reader.text(variable); });
  if (name) file = std::move(*name);
}

void read_kind(const VariableReader& reader, Exporter& exporter) {
  const auto kind =
      reader.choice<ExporterKind>("OTEL_TRACES_EXPORTER", {{"otlp", ExporterKind::otlp},
                                                           {"console", ExporterKind::console},
                                                           {"none", ExporterKind::none}});
  if (kind) exporter.kind = *kind;
  if (reader.boolean("OTEL_SDK_DISABLED")) exporter.kind = ExporterKind::none;
}

void read_exporter(const VariableReader& reader, Exporter& exporter) {
  read_kind(reader, exporter);
  read_protocol(reader, exporter);
  read_endpoint(reader, exporter);
  read_headers(reader, exporter);
  read_compression(reader, exporter);
  const auto timeout = read_otlp(
      "TIMEOUT", [&](const std::string& name) { return reader.duration(name, kTimeoutRange); });
  if (timeout) exporter.timeout = *timeout;
  read_file(reader, "CERTIFICATE", exporter.ca_certificate_file);
  read_file(reader, "CLIENT_CERTIFICATE", exporter.client_certificate_file);
  read_file(reader, "CLIENT_KEY", exporter.client_key_file);
  if (const auto time = reader.duration("OTEL_BSP_EXPORT_TIMEOUT", kRetryTimeRange)) {
    exporter.retry_time_max = time->count() == 0 ? std::nullopt : std::optional(*time);
  }
}

// ---- Sampler

enum class SamplerName { on, off, ratio, parent_on, parent_off, parent_ratio };

std::optional<Sampler> read_sampler(const VariableReader& reader) {
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

// ---- Limits, batch, resource

void read_limits(const VariableReader& reader, SpanLimits& limits) {
  const auto read = [&](std::string_view name) { return reader.integer(name, kVariableRange); };
  const auto read_either = [&](std::string_view specific, std::string_view general) {
    const std::optional<uint32_t> limit = read(specific);
    return limit ? limit : read(general);
  };
  const auto set = [](auto& limit, std::optional<uint32_t> value) {
    if (value) limit = *value;
  };
  set(limits.attributes_max,
      read_either("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "OTEL_ATTRIBUTE_COUNT_LIMIT"));
  set(limits.attribute_value_length_max,
      read_either("OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT"));
  set(limits.events_max, read("OTEL_SPAN_EVENT_COUNT_LIMIT"));
  set(limits.links_max, read("OTEL_SPAN_LINK_COUNT_LIMIT"));
  set(limits.attributes_per_event_max, read("OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT"));
  set(limits.attributes_per_link_max, read("OTEL_LINK_ATTRIBUTE_COUNT_LIMIT"));
}

void read_batch(const VariableReader& reader, BatchOptions& batch) {
  if (const auto delay = reader.duration("OTEL_BSP_SCHEDULE_DELAY", kBatchDelayRange)) {
    batch.delay_max = *delay;
  }
  const auto size = reader.integer("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", kBatchSpansRange);
  if (size) batch.spans_max = *size;
  const auto queue = reader.integer("OTEL_BSP_MAX_QUEUE_SIZE", {1, kVariableRange.max});
  if (queue) batch.queue_spans_max = *queue;
  if (!(size || queue) || batch.spans_max <= batch.queue_spans_max.value_or(batch.spans_max)) {
    return;
  }
  // The default batch is larger than the specification's queue, so that a queue size alone must not
  // be an error.
  batch.spans_max = *batch.queue_spans_max;
  if (size) {
    reader.ignored("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", std::to_string(*size),
                   "it is more than the queue holds, " + std::to_string(batch.spans_max));
  }
}

std::vector<OwnedAttribute> read_resource(const VariableReader& reader) {
  std::vector<OwnedAttribute> attributes;
  if (const auto text = reader.text("OTEL_RESOURCE_ATTRIBUTES")) {
    auto list = parse_key_value_list(*text, BadEscape::refuse);
    if (!list) {
      reader.ignored("OTEL_RESOURCE_ATTRIBUTES", *text,
                     "a percent-encoded list key=value,... is expected");
    } else {
      for (KeyValue& attribute : *list) {
        attributes.push_back({std::move(attribute.key), std::move(attribute.value)});
      }
    }
  }
  if (auto name = reader.text("OTEL_SERVICE_NAME")) {
    attributes.push_back({"service.name", std::move(*name)});
  }
  return attributes;
}

}  // namespace

Options read_environment(Options defaults, const Environment& environment) {
  Options options = std::move(defaults);
  const LogHandler given_handler = options.log_handler;
  options.log_handler =
      read_log_handler(VariableReader(environment, given_handler), options.log_handler);
  const VariableReader reader(environment, options.log_handler);
  read_exporter(reader, options.exporter);
  if (auto sampler = read_sampler(reader)) options.sampler = std::move(*sampler);
  read_limits(reader, options.limits);
  read_batch(reader, options.batch);
  // Of equal keys the last one wins, so what code says comes last.
  std::vector<OwnedAttribute> resource = read_resource(reader);
  std::move(options.resource.begin(), options.resource.end(), std::back_inserter(resource));
  options.resource = std::move(resource);
  return options;
}

std::optional<std::string> process_variable(std::string_view name) {
  const char* value = std::getenv(std::string(name).c_str());
  if (value == nullptr) return std::nullopt;
  return std::string(value);
}

}  // namespace cero::core
