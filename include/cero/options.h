// Options: everything a TracerProvider can be told, with units, defaults and ranges.
//
// Behaviour comes first, performance after it. TracerProvider::create checks all of it at once and
// names every option that is out of range, with its value and the fix.
// TracerProvider::from_environment fills the same structure from OTEL_* variables;
// docs/configuration.md has each option's variables and its name in Python.
#ifndef CERO_OPTIONS_H_
#define CERO_OPTIONS_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cero/attribute.h"
#include "cero/export.h"
#include "cero/sampler.h"

namespace cero {

// One request header. A value made from a null pointer (an unset environment variable) is an error
// that names the header. Values are secrets: they appear in no log, error or statistic.
class Header {
 public:
  Header(std::string name, const char* value) : name_(std::move(name)) {
    if (value != nullptr) value_ = value;
  }
  Header(std::string name, std::string value) : name_(std::move(name)), value_(std::move(value)) {}

  const std::string& name() const noexcept { return name_; }
  const std::optional<std::string>& value() const noexcept { return value_; }

 private:
  std::string name_;
  std::optional<std::string> value_;
};

enum class Compression {
  none,
  gzip,
  zstd,  // needs a cero built with libzstd; a backend that refuses it gets gzip
};

// What makes gzip.
enum class GzipEngine {
  automatic,   // isal, where cero was built with it and no level is set; else libdeflate
  libdeflate,  // at compression_level; 1 where that is unset
  isal,        // ISA-L, which has no levels here; needs a cero built with it
};

// Whether bodies may go uncompressed while spans are dropped since gzip takes too long.
enum class UncompressedWhenOverrun {
  automatic,  // where every endpoint is on this machine: a loopback address or a Unix socket
  never,
  always,  // to any endpoint: a link that is paid for by the byte carries five times as many
};

enum class Protocol {
  http_protobuf,  // OTLP/HTTP with binary protobuf
  grpc,           // OTLP/gRPC: needs HTTP/2, so https, or libcurl 8 or newer for http
};

enum class HttpVersion {
  automatic,  // https: HTTP/2 where the server agrees (ALPN), else HTTP/1.1; http: HTTP/1.1
  http1,      // HTTP/1.1 always
  http2,      // as automatic for https; an http:// endpoint is an error
  h2c,  // HTTP/2 without TLS by prior knowledge; needs an http:// endpoint and libcurl 8 or newer
};

// Which of several endpoints the next request goes to.
enum class EndpointPolicy {
  failover,     // the first that is healthy, in their order
  round_robin,  // the healthy ones in turn
};

// A backend beside Exporter::endpoint.
struct Endpoint {
  std::string url;                   // as Exporter::endpoint
  std::vector<Header> headers = {};  // as Exporter::headers, whose own are not sent here
};

enum class ExporterKind {
  otlp,
  console,  // made by `.exporter = cero::Console{}`
  none,     // made by `.exporter = cero::NoExporter{}`
};

// Where spans go: an OTLP backend, the terminal (Console below) or nowhere (NoExporter).
struct Exporter {
  // http_protobuf: the traces URL, used as it stands [spec 1.2]; only an empty path becomes "/".
  // grpc: scheme, host and port, since the path is always that of OTLP's service; the default
  // becomes http://localhost:4317. http or https; or a Unix socket as in gRPC's and Docker's names,
  // unix:///run/otel.sock, where http_protobuf asks for /v1/traces, or for the path behind another
  // colon: unix:///run/otel.sock:/other/path. Nothing in a socket's path is percent-decoded.
  // Proxies: https_proxy (http_proxy for http), all_proxy and no_proxy, as curl reads them, when
  // the provider is made.
  std::string endpoint = "http://localhost:4318/v1/traces";
  Protocol protocol = Protocol::http_protobuf;
  // Sent to `endpoint` with every request, after the headers of the protocol.
  std::vector<Header> headers = {};
  // Further backends that the same spans may go to instead; up to 7. Each span is sent to one. All
  // other options hold for every endpoint. One that fails is out of use and tried again with one
  // batch after each backoff (retry_delay_initial and so on); its batches go to the others at once,
  // and traffic comes back when it answers. Only while all are out of use do spans wait. The log
  // calls them backend 1 (`endpoint`), backend 2 ... Unlike a refusal (a 400, say), which is final,
  // a timeout may leave a batch with two of them. There is no variable for it: the standard has
  // none, and a list of URLs would have no headers.
  std::vector<Endpoint> more_endpoints = {};
  EndpointPolicy endpoint_policy = EndpointPolicy::failover;
  // none is the specification's default. gzip costs CPU on the export thread and saves four fifths
  // of the bytes. zstd, which the specification does not name and a Collector takes, saves 5 to 16
  // % of what is left in about the same time: choose it where the backend takes it. A backend that
  // refuses it is sent gzip from then on, and gRPC does not know it.
  Compression compression = Compression::none;
  // gzip: 1 (fast) to 12 (small), by libdeflate; 6 makes 7 to 10 % fewer bytes than ISA-L for six
  // to seven times its time. zstd: -7 (fast) to 12 (small), 0 being its own default, 3; those up to
  // 1 are tuned for spans. Unset: gzip by ISA-L, without it level 1; zstd at -1. A level that is
  // set is kept at any load.
  std::optional<int> compression_level = {};
  // Of gzip alone. One that is set is kept at any load.
  GzipEngine gzip_engine = GzipEngine::automatic;
  // Of gzip without a level or an engine that is set; zstd is kept at any load. An overrun begins
  // when spans have been dropped for a second on end, in which the export thread computed for three
  // quarters of the time or more, and ends after a second in which it computed for less than a
  // third. stats() counts uncompressed_bodies, and the log says when it begins and ends.
  UncompressedWhenOverrun uncompressed_when_overrun = UncompressedWhenOverrun::automatic;
  HttpVersion http_version = HttpVersion::automatic;
  // Bounds one attempt, from connecting to the last byte of the answer. 0: no bound.
  // Range 0 to 1 h.
  std::chrono::milliseconds timeout{10'000};
  // PEM files: whom to trust instead of the system's store; who this client is. Empty: the system's
  // store; no client certificate; the key is in the certificate's file. TLS is 1.2 or newer, and
  // the server's certificate must be for the endpoint's host. Each new connection reads the files
  // again: a renewed one counts within connection_age_max, and while one is unusable, connections
  // that are open serve on and spans wait for a retry.
  std::string ca_certificate_file = {};
  std::string client_certificate_file = {};
  std::string client_key_file = {};

  // The first wait after a retryable failure; each further one is 1.5 times as long up to the
  // maximum, all with 20 % of jitter. A Retry-After from the server is honoured instead; the delay
  // of a gRPC server is the least, and grows likewise. Ranges 1 ms to 1 h.
  std::chrono::milliseconds retry_delay_initial{1'000};
  std::chrono::milliseconds retry_delay_max{30'000};
  // How long one batch is tried again before it is dropped as retry_expired, on a clock that runs
  // while the backend takes other batches and stands still in an outage. Null: for as long as the
  // retry buffer has room. 0: one attempt. Range 0 to 24 h. Variable OTEL_BSP_EXPORT_TIMEOUT, whose
  // 0 means null.
  std::optional<std::chrono::milliseconds> retry_time_max = std::chrono::minutes(5);
  // The longest Retry-After (gRPC: RetryInfo) that is obeyed; a longer one is cut to it, and the
  // log says so. 0: none is, the backoff above holds. Range 0 to 24 h.
  std::chrono::milliseconds retry_after_max = std::chrono::hours(1);

  // Requests under way at once per endpoint, and connections open at once. Raising it helps against
  // long round trips. Range 1 to 64.
  uint32_t requests_in_flight_max = 4;
  // A connection is kept and used again until it is so old; then requests go to new ones, so that
  // changes of DNS, of a load balancer's backends and of certificates are noticed. An idle one is
  // closed after two minutes anyway. Per endpoint. 0: no bound. Range 0 to 24 h.
  std::chrono::seconds connection_age_max{300};
  // With a libcurl before 8 alone (Debian 12 has 7.88), which waits badly when HTTP/2 flow control
  // holds an upload back: requests are kept under so many bytes as they are sent, by smaller
  // batches. The default is what every server takes; raise it if yours is known to grant more.
  // Range 65,535 to 2,147,483,647.
  uint32_t http2_window_bytes = 65'535;
  // Bodies as they will be sent, that wait for an answer or a retry, per provider. When it is full
  // the batch thread stops, rings fill, and producers drop the newest. Unset: 64 MiB, or with
  // Options::memory_max its part. Range 1 MiB to 64 GiB.
  std::optional<uint64_t> retry_bytes_max = {};
  // An answer larger than this (also after decompression) is a permanent error [spec 1.3].
  // Range 1 KiB to 64 MiB.
  uint64_t response_bytes_max = uint64_t{4} << 20;

  // All of the above is for otlp alone, and ignored by the others.
  ExporterKind kind = ExporterKind::otlp;
  // console only. Unset: colour when standard output is a terminal.
  std::optional<bool> console_color = {};
};

// Prints spans for a person who debugs: each trace as a tree when its local root ends, or after 5
// s. The format is no interface. At most 1000 spans are held; late ones are printed alone.
struct Console {
  // Unset: colour only when standard output is a terminal.
  std::optional<bool> color = {};

  operator Exporter() const {
    Exporter exporter;
    exporter.kind = ExporterKind::console;
    exporter.console_color = color;
    return exporter;
  }
};

// Sends nothing: spans record nothing and carry their parent's context on, as if there were no
// provider. What OTEL_SDK_DISABLED=true and OTEL_TRACES_EXPORTER=none ask for.
struct NoExporter {
  operator Exporter() const {
    Exporter exporter;
    exporter.kind = ExporterKind::none;
    return exporter;
  }
};

// Limits on what one span may hold [spec 2.1]. What is over a limit is dropped and counted on the
// span.
struct SpanLimits {
  uint32_t attributes_max = 128;
  uint32_t events_max = 128;
  uint32_t links_max = 128;
  uint32_t attributes_per_event_max = 128;
  uint32_t attributes_per_link_max = 128;
  // Characters of a string, bytes of a byte array; unset: no limit.
  std::optional<uint32_t> attribute_value_length_max = {};
};

// When drained spans become a request.
struct BatchOptions {
  // The oldest span's age when its request is sent. The specification's default is 5 s; one second
  // costs no more here and is what a crash can lose. 0: a request at each drain. Range 0 to 1 h.
  // Variable OTEL_BSP_SCHEDULE_DELAY.
  std::chrono::milliseconds delay_max{1'000};
  // Spans in a request. The specification's 512 would be a thousand requests a second at 500k
  // spans/s. Range 1 to 1,000,000. Variable OTEL_BSP_MAX_EXPORT_BATCH_SIZE.
  uint32_t spans_max = 4'096;
  // Bytes of a request before compression. Larger ones delay the socket while they are compressed;
  // backends refuse very large ones (Mackerel: 6 MB; a gRPC server 4 MiB unless it is told
  // otherwise). Range 64 KiB to 64 MiB.
  uint32_t bytes_max = uint32_t{1} << 20;
  // Spans between end() and the export thread's taking their batch, over all threads; others are
  // dropped as ring_full. Unset: the rings' bytes bound them. Better twice spans_max. Range 1 to
  // 2,147,483,648, and not below spans_max. Variable OTEL_BSP_MAX_QUEUE_SIZE.
  std::optional<uint32_t> queue_spans_max = {};
};

enum class Severity { debug, info, warning, error };

// Called from cero's threads and from create(), never from a span's hot path; rate-limited. Must
// not block for long.
using LogHandler = std::function<void(Severity, std::string_view message)>;

// The default handler: one line on standard error for a warning or an error.
CERO_API void log_to_stderr(Severity severity, std::string_view message);

// Called on each of cero's threads before anything else there, with the thread's name, "cero-batch"
// or "cero-export": for its affinity, its priority, its namespace. All signals are blocked there;
// keep them so. It may be called on two threads at once, must not throw and must not block for
// long. The threads that libcurl starts to resolve names are started by cero-export, and have what
// it has.
using ThreadStartHook = std::function<void(std::string_view thread_name)>;

struct Options {
  // ---- Behaviour, per provider

  // What makes these spans: service.name and the like. telemetry.sdk.* is added; service.name falls
  // back to "unknown_service:<executable>".
  std::vector<OwnedAttribute> resource = {};
  std::string resource_schema_url = {};
  Exporter exporter = {};
  Sampler sampler = Sampler::parent_based(Sampler::always_on());
  SpanLimits limits = {};
  BatchOptions batch = {};
  // How long the destructor may take to deliver what is left. Range 0 to 1 h.
  std::chrono::milliseconds shutdown_timeout{5'000};
  // Null: nothing is said.
  LogHandler log_handler = log_to_stderr;
  // Null: nothing is called. In a forked child it is called on the child's threads.
  ThreadStartHook on_thread_start = {};

  // ---- Performance

  // The largest span; a larger one is dropped as span_too_large. One over 64 KiB keeps its memory
  // until it is encoded, three times its size while it grows (of open_spans_bytes_max), and has a
  // request of its own if it is over batch.bytes_max. Many backends refuse requests of more than
  // 4 MiB. Per span. Range 1 KiB to 16 MiB.
  uint32_t span_bytes_max = uint32_t{1} << 20;
  // Address space of a thread's ring; memory is used only as far as the backlog reaches. Per thread
  // and provider. A provider made after another was destroyed may take over its rings, with their
  // size. A power of two, 256 KiB to 64 MiB.
  uint32_t ring_bytes = uint32_t{4} << 20;
  // Memory of all rings of the provider; past it spans are dropped as no_memory. Unset: 256 MiB, or
  // with memory_max its part. Range 1 MiB to 64 GiB.
  std::optional<uint64_t> rings_bytes_max = {};
  // Memory of all Span objects of the process, and of ended spans over 64 KiB, half of it at most
  // (the latest provider's value holds). Past it new spans are not recorded, and counted. Unset:
  // 64 MiB, or with memory_max its part. Range 1 MiB to 64 GiB.
  std::optional<uint64_t> open_spans_bytes_max = {};
  // Memory of the provider in all, however long an outage lasts. What its threads work with is
  // taken off first: ten requests of batch.bytes_max, or span_bytes_max if that is more (four that
  // go round, those being built, compressed or split), an answer of response_bytes_max and what it
  // is inflated to, 64 KiB for each other request under way, connections and compressors; some 22
  // MiB by default. The rest is divided among the three stores that are unset: rings_bytes_max four
  // sixths, open_spans_bytes_max and exporter.retry_bytes_max a sixth each; in an outage the retry
  // buffer borrows what the rings leave idle, but for a sixth. Outside it are 20 KiB for each
  // thread that ever recorded at once, and the names of tracers. Unset: each store has its own
  // default, some 410 MiB with the rest. Range 16 MiB to 256 GiB.
  std::optional<uint64_t> memory_max = {};
};

}  // namespace cero

#endif  // CERO_OPTIONS_H_
