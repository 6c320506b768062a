// The table of options: the one place that lists them beside options.h, whose fields they are.
//
// From a row come: the check of its range (valid_options.cc), the reading of its variables
// (environment.cc), its keyword in Python with type and documentation (python/native/options.cc),
// what error texts call it (wording.h), and its line in docs/configuration.md (tools/tables). An
// option with a rule of its own, or a variable that is not simply its value, has code in those
// files besides.
//
// To add an option: declare it in options.h, add a row here, run `./dev tables`.
// tests/config/option_table_test.cc holds the rows against options.h.
#ifndef CERO_CORE_CONFIG_OPTION_TABLE_H_
#define CERO_CORE_CONFIG_OPTION_TABLE_H_

#include <array>
#include <cstddef>
#include <string_view>

#include "config/option_row.h"

namespace cero::core {

// The name of a field and the way to it.
#define CERO_OPTION(path) \
  .name = #path, .field = [](Options& options) -> OptionField { return &options.path; }

constexpr int64_t kKibi = int64_t{1} << 10;
constexpr int64_t kMebi = int64_t{1} << 20;
constexpr int64_t kGibi = int64_t{1} << 30;
constexpr int64_t kHourMs = 3'600'000;

// Of whole stores: the retry buffer, all rings, all open spans.
constexpr Range kStoreBytes{kMebi, 64 * kGibi};

constexpr std::array kOptions = std::to_array<OptionRow>({
    // ---- What spans say of themselves, and which there are
    {CERO_OPTION(resource), .group = OptionGroup::spans, .python = "resource",
     .variables = {"OTEL_RESOURCE_ATTRIBUTES", "OTEL_SERVICE_NAME"},
     .default_text = "service.name is unknown_service:EXECUTABLE",
     .sentence = "Attributes of the process that makes the spans: service.name and the like. Those "
                 "given in code win over those of variables."},
    {CERO_OPTION(resource_schema_url), .group = OptionGroup::spans, .python = "resource_schema_url",
     .sentence = "The schema that the resource's attributes follow."},
    {CERO_OPTION(sampler), .group = OptionGroup::spans, .python = "sampler",
     .variables = {"OTEL_TRACES_SAMPLER", "OTEL_TRACES_SAMPLER_ARG"},
     .default_text = "children follow their parent, roots are recorded",
     .sentence = "Decides at its start whether a span is recorded."},
    {CERO_OPTION(limits.attributes_max), .group = OptionGroup::spans,
     .python = "span_limits.attributes_max",
     .variables = {"OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "OTEL_ATTRIBUTE_COUNT_LIMIT"},
     .sentence = "Attributes of a span; further ones are dropped and counted on the span."},
    {CERO_OPTION(limits.events_max), .group = OptionGroup::spans,
     .python = "span_limits.events_max", .variables = {"OTEL_SPAN_EVENT_COUNT_LIMIT"},
     .sentence = "Events of a span."},
    {CERO_OPTION(limits.links_max), .group = OptionGroup::spans, .python = "span_limits.links_max",
     .variables = {"OTEL_SPAN_LINK_COUNT_LIMIT"}, .sentence = "Links of a span."},
    {CERO_OPTION(limits.attributes_per_event_max), .group = OptionGroup::spans,
     .python = "span_limits.attributes_per_event_max",
     .variables = {"OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT"}, .sentence = "Attributes of one event."},
    {CERO_OPTION(limits.attributes_per_link_max), .group = OptionGroup::spans,
     .python = "span_limits.attributes_per_link_max",
     .variables = {"OTEL_LINK_ATTRIBUTE_COUNT_LIMIT"}, .sentence = "Attributes of one link."},
    {CERO_OPTION(limits.attribute_value_length_max), .group = OptionGroup::spans,
     .python = "span_limits.attribute_value_length_max",
     .variables = {"OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT"},
     .default_text = "no limit",
     .sentence = "Characters of a string, bytes of a byte array; the rest is cut off."},

    // ---- Where spans go
    {CERO_OPTION(exporter.kind), .group = OptionGroup::exporter, .python = "exporter",
     .variables = {"OTEL_SDK_DISABLED", "OTEL_TRACES_EXPORTER"},
     .sentence = "otlp sends to a backend, console prints for a person who debugs, none records "
                 "nothing. OTEL_SDK_DISABLED=true is none."},
    {CERO_OPTION(exporter.console_color), .group = OptionGroup::exporter,
     .python = "exporter.color", .default_text = "when standard output is a terminal",
     .sentence = "Whether the console exporter colours what it prints."},
    {CERO_OPTION(exporter.endpoint), .group = OptionGroup::exporter, .python = "endpoint",
     .variables = {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT",
                   "OTEL_EXPORTER_OTLP_TRACES_INSECURE", "OTEL_EXPORTER_OTLP_INSECURE"},
     .sentence = "The traces URL, used as it stands, or a Unix socket, unix:///run/otel.sock. "
                 "OTEL_EXPORTER_OTLP_ENDPOINT is a base, to which v1/traces is added. With grpc: "
                 "scheme, host and port, http://localhost:4317 by default; INSECURE says whether "
                 "one without a scheme is http."},
    {CERO_OPTION(exporter.protocol), .group = OptionGroup::exporter, .python = "protocol",
     .variables = {"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"},
     .sentence = "OTLP over HTTP, or over gRPC, which needs https, or libcurl 8."},
    {CERO_OPTION(exporter.headers), .group = OptionGroup::exporter, .python = "headers",
     .variables = {"OTEL_EXPORTER_OTLP_TRACES_HEADERS", "OTEL_EXPORTER_OTLP_HEADERS"},
     .default_text = "none",
     .sentence =
         "Sent with every request to the endpoint. Values are secrets, and appear in no log. "
         "A variable's list, name=value,..., replaces headers of the same name."},
    {CERO_OPTION(exporter.more_endpoints), .group = OptionGroup::exporter,
     .python = "more_endpoints", .default_text = "none",
     .sentence =
         "Up to 7 further backends that the same spans may go to instead, each with headers "
         "of its own."},
    {CERO_OPTION(exporter.endpoint_policy), .group = OptionGroup::exporter,
     .python = "endpoint_policy",
     .sentence = "Of several endpoints, whether a request goes to the first that is healthy, or to "
                 "the healthy ones in turn."},
    {CERO_OPTION(exporter.compression), .group = OptionGroup::exporter, .python = "compression",
     .variables = {"OTEL_EXPORTER_OTLP_TRACES_COMPRESSION", "OTEL_EXPORTER_OTLP_COMPRESSION"},
     .sentence = "gzip saves four fifths of the bytes. zstd saves more for less time, where the "
                 "backend takes it; over HTTP alone."},
    {CERO_OPTION(exporter.compression_level), .group = OptionGroup::exporter,
     .python = "compression_level", .default_text = "gzip by ISA-L, without it 1; zstd -1",
     .sentence = "gzip from 1 (fast) to 12 (small), zstd from -7 to 12; kept at any load."},
    {CERO_OPTION(exporter.gzip_engine), .group = OptionGroup::exporter, .python = "gzip_engine",
     .sentence = "What makes gzip. automatic is ISA-L where cero was built with it and no level is "
                 "set, else libdeflate. One that is set is kept at any load."},
    {CERO_OPTION(exporter.uncompressed_when_overrun), .group = OptionGroup::exporter,
     .python = "uncompressed_when_overrun",
     .sentence = "Whether bodies go uncompressed while spans are dropped since gzip takes too "
                 "long. automatic: where every endpoint is a loopback address or a Unix socket. "
                 "zstd, and a level or an engine that is set, are kept at any load."},
    {CERO_OPTION(exporter.http_version), .group = OptionGroup::exporter, .python = "http_version",
     .sentence = "automatic takes HTTP/2 where https servers agree, HTTP/1.1 else; h2c is HTTP/2 "
                 "without TLS, and needs libcurl 8."},
    {CERO_OPTION(exporter.timeout), .group = OptionGroup::exporter, .python = "timeout",
     .variables = {"OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "OTEL_EXPORTER_OTLP_TIMEOUT"},
     .range = {0, kHourMs},
     .sentence =
         "Bounds one attempt, from connecting to the last byte of the answer; 0 is no bound."},
    {CERO_OPTION(exporter.ca_certificate_file), .group = OptionGroup::exporter,
     .python = "ca_certificate_file",
     .variables = {"OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE", "OTEL_EXPORTER_OTLP_CERTIFICATE"},
     .default_text = "the system's store", .sentence = "A PEM file of the authorities to trust."},
    {CERO_OPTION(exporter.client_certificate_file), .group = OptionGroup::exporter,
     .python = "client_certificate_file",
     .variables = {"OTEL_EXPORTER_OTLP_TRACES_CLIENT_CERTIFICATE",
                   "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE"},
     .default_text = "none", .sentence = "A PEM file that says who this client is."},
    {CERO_OPTION(exporter.client_key_file), .group = OptionGroup::exporter,
     .python = "client_key_file",
     .variables = {"OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY", "OTEL_EXPORTER_OTLP_CLIENT_KEY"},
     .default_text = "in the certificate's file",
     .sentence = "A PEM file of that certificate's key."},

    // ---- How delivery is tried again
    {CERO_OPTION(exporter.retry_delay_initial), .group = OptionGroup::retries,
     .python = "retry_delay_initial", .range = {1, kHourMs},
     .sentence =
         "The first wait after a failure; each further one is half as long again, with 20 % "
         "of jitter."},
    {CERO_OPTION(exporter.retry_delay_max), .group = OptionGroup::retries,
     .python = "retry_delay_max", .range = {1, kHourMs}, .sentence = "The longest such wait."},
    {CERO_OPTION(exporter.retry_time_max), .group = OptionGroup::retries,
     .python = "retry_time_max", .variables = {"OTEL_BSP_EXPORT_TIMEOUT"},
     .range = {0, 24 * kHourMs},
     .sentence = "How long one batch is tried again before it is dropped as retry_expired, on a "
                 "clock that runs while others are taken and stands still in an outage. Unset, "
                 "which is what the variable's 0 means: as long as there is room."},
    {CERO_OPTION(exporter.retry_after_max), .group = OptionGroup::retries,
     .python = "retry_after_max", .range = {0, 24 * kHourMs},
     .sentence = "The longest Retry-After (gRPC: RetryInfo) that is obeyed; a longer one is cut to "
                 "it. 0: none is, the backoff holds instead."},
    {CERO_OPTION(exporter.requests_in_flight_max), .group = OptionGroup::retries,
     .python = "requests_in_flight_max", .unit = "requests", .range = {1, 64},
     .sentence = "Requests under way, and connections open, at once per endpoint."},
    {CERO_OPTION(exporter.connection_age_max), .group = OptionGroup::retries,
     .python = "connection_age_max", .range = {0, int64_t{24} * 3600},
     .sentence = "The age at which a connection is replaced, so that changes of DNS and of load "
                 "balancers are noticed; 0 is no bound."},
    {CERO_OPTION(exporter.http2_window_bytes), .group = OptionGroup::retries,
     .python = "http2_window_bytes", .unit = "bytes", .range = {65'535, 0x7fff'ffff},
     .sentence = "With libcurl 7 over HTTP/2, the bytes that requests are kept under."},
    {CERO_OPTION(exporter.response_bytes_max), .group = OptionGroup::retries,
     .python = "response_bytes_max", .unit = "bytes", .range = {kKibi, 64 * kMebi},
     .sentence = "A larger answer is a permanent error."},

    // ---- When spans become a request
    {CERO_OPTION(batch.delay_max), .group = OptionGroup::batches, .python = "batch_delay_max",
     .variables = {"OTEL_BSP_SCHEDULE_DELAY"}, .range = {0, kHourMs},
     .sentence = "The oldest span's age when its request is sent."},
    {CERO_OPTION(batch.spans_max), .group = OptionGroup::batches, .python = "batch_spans_max",
     .variables = {"OTEL_BSP_MAX_EXPORT_BATCH_SIZE"}, .unit = "spans", .range = {1, 1'000'000},
     .sentence = "Spans in a request."},
    {CERO_OPTION(batch.bytes_max), .group = OptionGroup::batches, .python = "batch_bytes_max",
     .unit = "bytes", .range = {64 * kKibi, 64 * kMebi},
     .sentence = "Bytes of a request before compression."},
    {CERO_OPTION(batch.queue_spans_max), .group = OptionGroup::batches, .python = "queue_spans_max",
     .variables = {"OTEL_BSP_MAX_QUEUE_SIZE"}, .unit = "spans", .range = {1, 2 * kGibi},
     .default_text = "the rings' bytes are the bound",
     .sentence = "Spans between their end and their first send; further ones are dropped as "
                 "ring_full. Not below the batch's spans_max."},

    // ---- What the process sees of it
    {CERO_OPTION(shutdown_timeout), .group = OptionGroup::process, .python = "shutdown_timeout",
     .range = {0, kHourMs},
     .sentence = "How long the end of the provider may take to deliver what is left."},
    {CERO_OPTION(log_handler), .group = OptionGroup::process, .variables = {"OTEL_LOG_LEVEL"},
     .default_text = "warnings and errors to standard error",
     .sentence =
         "Told what goes wrong, by Python's logging as cero there. The variable, none, error, "
         "warn, info or debug, is for the default handler; debug adds a line at the start and one "
         "for each request for any handler."},
    {CERO_OPTION(on_thread_start), .group = OptionGroup::process, .python = "on_thread_start",
     .default_text = "none",
     .sentence =
         "Called on each of cero's threads before anything else, with its name, cero-batch or "
         "cero-export: for its affinity or its priority."},

    // ---- What spans take of memory
    {CERO_OPTION(memory_max), .group = OptionGroup::memory, .python = "memory_max", .unit = "bytes",
     .range = {16 * kMebi, 256 * kGibi}, .default_text = "each store has its own bound",
     .sentence =
         "Memory of the provider in all. What its threads work with comes first; the rest is "
         "divided among the three stores below, as far as they are unset."},
    {CERO_OPTION(rings_bytes_max), .group = OptionGroup::memory, .python = "rings_bytes_max",
     .unit = "bytes", .range = kStoreBytes, .unset_value = 256 * kMebi,
     .sentence = "Memory of all rings; past it spans are dropped as no_memory."},
    {CERO_OPTION(open_spans_bytes_max), .group = OptionGroup::memory,
     .python = "open_spans_bytes_max", .unit = "bytes", .range = kStoreBytes,
     .unset_value = 64 * kMebi,
     .sentence = "Memory of all open spans of the process; past it new spans are not recorded."},
    {CERO_OPTION(exporter.retry_bytes_max), .group = OptionGroup::memory,
     .python = "retry_bytes_max", .unit = "bytes", .range = kStoreBytes, .unset_value = 64 * kMebi,
     .sentence = "Requests that wait for an answer or a retry. When it is full, rings fill."},
    {CERO_OPTION(span_bytes_max), .group = OptionGroup::memory, .python = "span_bytes_max",
     .unit = "bytes", .range = {kKibi, 16 * kMebi},
     .sentence = "The largest span; a larger one is dropped as span_too_large. One that is larger "
                 "than a batch may be has a request of its own."},
    {CERO_OPTION(ring_bytes), .group = OptionGroup::memory, .python = "ring_bytes", .unit = "bytes",
     .range = {256 * kKibi, 64 * kMebi},
     .sentence = "Address space of a thread's ring, a power of two; memory is used only as far as "
                 "the backlog reaches."},
});

#undef CERO_OPTION

// The name of an option that exists: another one does not compile.
class OptionName {
 public:
  consteval OptionName(const char* name) : index_(index_of(name)) {}

  constexpr const OptionRow& row() const noexcept { return kOptions[index_]; }

 private:
  static consteval size_t index_of(std::string_view name) {
    for (size_t i = 0; i < kOptions.size(); ++i) {
      if (kOptions[i].name == name) return i;
    }
    throw "no option has this name";
  }

  size_t index_;
};

constexpr const OptionRow& option(OptionName name) noexcept { return name.row(); }

}  // namespace cero::core

#endif  // CERO_CORE_CONFIG_OPTION_TABLE_H_
