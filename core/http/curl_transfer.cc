#include "http/curl_transfer.h"

#include <cstring>
#include <new>
#include <system_error>

#include "base/assert.h"
#include "cero/version.h"
#include "http/connections.h"
#include "http/large_answer.h"
#include "http/protocol_advice.h"
#include "http/tls_advice.h"

namespace cero::core {
namespace {

// Of one answer: many times what servers send.
constexpr size_t kHeaderBytesMax = size_t{256} << 10;

// The exporter's own string is OpenTelemetry's shape; the product token before it says who sends
// [spec 1.6].
constexpr const char* kUserAgent = "cero/" CERO_VERSION " OTel-OTLP-Exporter-Cpp/" CERO_VERSION;

long curl_http_version(HttpVersion version) {
  switch (version) {
    case HttpVersion::automatic:
    case HttpVersion::http2:
      return CURL_HTTP_VERSION_2TLS;
    case HttpVersion::http1:
      return CURL_HTTP_VERSION_1_1;
    case HttpVersion::h2c:
      return CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE;
  }
  return CURL_HTTP_VERSION_1_1;
}

// An option that this libcurl does not know would go unnoticed: validate() has asked
// transport_check.h about what may be absent.
template <typename T>
void set(CURL* easy, CURLoption option, T value) {
  const CURLcode code = curl_easy_setopt(easy, option, value);
  if (code == CURLE_OUT_OF_MEMORY) throw std::bad_alloc();
  CERO_ASSERT(code == CURLE_OK);
}

// CURLE_TOO_LARGE of libcurl 8.6: for example too many headers.
constexpr auto kTooLarge = static_cast<CURLcode>(100);

// What the same request would meet again however often it is sent. An unsupported protocol is none
// of it: the endpoint's was looked at in validate(), so a server has answered with what is no HTTP.
bool is_permanent(CURLcode code) {
  return code == CURLE_URL_MALFORMAT || code == CURLE_NOT_BUILT_IN ||
         code == CURLE_FILESIZE_EXCEEDED || code == CURLE_BAD_FUNCTION_ARGUMENT ||
         code == kTooLarge;
}

}  // namespace

CurlTransfer::CurlTransfer(const CurlRequestOptions& shared)
    : shared_(shared), easy_(curl_easy_init()) {
  if (!easy_) throw std::bad_alloc();
  configure();
  configure_connection();
  configure_tls();
}

void CurlTransfer::configure() {
  CURL* easy = easy_.get();
  const Exporter& options = shared_.exporter;
  set(easy, CURLOPT_PRIVATE, this);
  set(easy, CURLOPT_ERRORBUFFER, error_.data());
  set(easy, CURLOPT_NOSIGNAL, 1L);
  set(easy, CURLOPT_URL, shared_.target.url.c_str());
  set(easy, CURLOPT_PATH_AS_IS, 1L);
  set(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  set(easy, CURLOPT_FOLLOWLOCATION, 0L);
  set(easy, CURLOPT_USERAGENT, kUserAgent);
  set(easy, CURLOPT_POST, 1L);
  set(easy, CURLOPT_HTTP_VERSION, curl_http_version(options.http_version));
  // Requests that start together open a connection each, even if one could carry them all. Told to
  // wait and see, libcurl 8.14 holds them back until an HTTP/1.1 server has answered the first.
  set(easy, CURLOPT_PIPEWAIT, 0L);
  set(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(options.timeout.count()));
  // Without it an abort would wait for a resolver thread that waits for a name server.
  set(easy, CURLOPT_QUICK_EXIT, 1L);
  set(easy, CURLOPT_WRITEFUNCTION, &CurlTransfer::on_response_bytes);
  set(easy, CURLOPT_WRITEDATA, this);
  set(easy, CURLOPT_HEADERFUNCTION, &CurlTransfer::on_header_bytes);
  set(easy, CURLOPT_HEADERDATA, this);
}

void CurlTransfer::configure_connection() {
  CURL* easy = easy_.get();
  set(easy, CURLOPT_TCP_KEEPALIVE, 1L);  // finds a peer that went away while nothing was sent
  set(easy, CURLOPT_MAXLIFETIME_CONN, static_cast<long>(shared_.connection_age.count()));
  // Not every process to the first address of a name.
  set(easy, CURLOPT_DNS_SHUFFLE_ADDRESSES, 1L);
  // Both are always set: where they are not, libcurl asks the environment at each request, and a
  // host may be changing it.
  set(easy, CURLOPT_PROXY, shared_.proxy.url.c_str());
  set(easy, CURLOPT_NOPROXY, shared_.proxy.none_for.c_str());
  if (!shared_.target.socket_path.empty())
    set(easy, CURLOPT_UNIX_SOCKET_PATH, shared_.target.socket_path.c_str());
  set(easy, CURLOPT_OPENSOCKETFUNCTION, &CurlTransfer::on_open_socket);
  set(easy, CURLOPT_OPENSOCKETDATA, this);
  // A connection outlives the transfer that opened it.
  set(easy, CURLOPT_CLOSESOCKETFUNCTION, &CurlTransfer::on_close_socket);
  set(easy, CURLOPT_CLOSESOCKETDATA, shared_.connections);
  set(easy, CURLOPT_PREREQFUNCTION, &CurlTransfer::on_request);
  set(easy, CURLOPT_PREREQDATA, this);
}

void CurlTransfer::configure_tls() {
  CURL* easy = easy_.get();
  const Exporter& options = shared_.exporter;
  set(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set(easy, CURLOPT_SSL_VERIFYPEER, 1L);
  set(easy, CURLOPT_SSL_VERIFYHOST, 2L);
  if (!shared_.ca_file.empty()) {
    set(easy, CURLOPT_CAINFO, shared_.ca_file.c_str());
    set(easy, CURLOPT_CAPATH,
        static_cast<const char*>(nullptr));  // this file instead of the system's store
    // libcurl would keep what it has read for a day: each new connection reads the file again. A
    // libcurl that keeps nothing does not know the option.
    curl_easy_setopt(easy, CURLOPT_CA_CACHE_TIMEOUT, 0L);
  }
  if (!options.client_certificate_file.empty()) {
    set(easy, CURLOPT_SSLCERT, options.client_certificate_file.c_str());
    // One PEM file may hold both.
    const std::string& key =
        options.client_key_file.empty() ? options.client_certificate_file : options.client_key_file;
    set(easy, CURLOPT_SSLKEY, key.c_str());
  }
  // A resumed session would vouch for the certificates of the one before, whatever the files have
  // become since.
  if (!shared_.ca_file.empty() || !options.client_certificate_file.empty())
    set(easy, CURLOPT_SSL_SESSIONID_CACHE, 0L);
}

CurlTransfer* CurlTransfer::of(CURL* easy) {
  char* self = nullptr;
  curl_easy_getinfo(easy, CURLINFO_PRIVATE, &self);
  return reinterpret_cast<CurlTransfer*>(self);
}

void CurlTransfer::prepare(const Post& post) {
  set(easy(), CURLOPT_HTTPHEADER, shared_.headers_for(post.encoding).get());
  set(easy(), CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(post.body.size()));
  set(easy(), CURLOPT_POSTFIELDS, post.body.data());
  set(easy(), CURLOPT_FRESH_CONNECT, post.fresh_connection ? 1L : 0L);
  // The name may lead elsewhere by now. Else libcurl keeps an address for a minute, its default.
  constexpr long kAddressSeconds = 60;
  set(easy(), CURLOPT_DNS_CACHE_TIMEOUT, post.fresh_connection ? 0L : kAddressSeconds);
  token_ = post.token;
  repeats_ = 0;
  begin();
}

void CurlTransfer::begin() {
  leave_connection();
  opened_connection_ = 0;
  sent_ = false;
  error_[0] = '\0';
  forget_answer();
  header_bytes_ = 0;
  head_is_whole_ = false;
  response_too_large_ = false;
  out_of_memory_ = false;
}

bool CurlTransfer::prepare_repeat(CURLcode code) {
  if (!should_repeat(code)) return false;
  ++repeats_;
  set(easy(), CURLOPT_FRESH_CONNECT, 1L);
  begin();
  return true;
}

bool CurlTransfer::should_repeat(CURLcode code) const {
  constexpr int kRequestTimeout = 408;
  const bool reused = connection_ != 0 && opened_connection_ == 0;
  if (!reused || repeats_ > 0) return false;
  if (code == CURLE_OK) return status() == kRequestTimeout;
  return header_bytes_ == 0 && connection_died(code);
}

bool CurlTransfer::connection_died(CURLcode code) {
  switch (code) {
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_HTTP2:
    case CURLE_PARTIAL_FILE:  // over HTTP/2 with libcurl 7.88, even before a byte of the answer
      return true;
    default:
      return false;
  }
}

curl_socket_t CurlTransfer::on_open_socket(void* self, curlsocktype /*purpose*/,
                                           curl_sockaddr* address) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  Connections& connections = *transfer.shared_.connections;
  const curl_socket_t socket = connections.open(*address, transfer.shared_);
  if (socket != CURL_SOCKET_BAD) transfer.opened_connection_ = connections.newest_id();
  return socket;
}

int CurlTransfer::on_close_socket(void* connections, curl_socket_t socket) {
  return static_cast<Connections*>(connections)->close(socket);
}

// The connection is made, or chosen among those that are there.
//
// Over HTTP/1.1 libcurl sends a request again whose connection ended before a byte of the answer,
// if other requests had used it, and over HTTP/2 one whose stream was refused: five times, over
// whichever connection it has, and tells nobody. It may do so once, over a new connection, and it
// is counted. The rest is the sender's decision.
int CurlTransfer::on_request(void* self, char* peer_address, char* /*local_address*/, int peer_port,
                             int local_port) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  if (transfer.sent_ && transfer.repeats_ > 0) return CURL_PREREQFUNC_ABORT;
  if (transfer.sent_) ++transfer.repeats_;
  transfer.sent_ = true;
  set(transfer.easy(), CURLOPT_FRESH_CONNECT, 1L);  // for the next time
  transfer.leave_connection();
  const ConnectionEnds ends = {peer_address == nullptr ? "" : peer_address, peer_port, local_port};
  transfer.connection_ = transfer.shared_.connections->begin_request(transfer.shared_, ends,
                                                                     transfer.opened_connection_);
  return CURL_PREREQFUNC_OK;
}

void CurlTransfer::distrust_connection(CURLcode code) noexcept {
  if (code != CURLE_OPERATION_TIMEDOUT && !connection_died(code)) return;
  shared_.connections->distrust(shared_, connection_);
}

void CurlTransfer::leave_connection() noexcept {
  if (connection_ != 0) shared_.connections->end_request(connection_);
  connection_ = 0;
}

// libcurl keeps headers too, as many as come.
size_t CurlTransfer::on_header_bytes(char* data, size_t size, size_t count, void* self) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  const std::string_view line(data, size * count);
  // Another head may follow one of 1xx.
  if (line.starts_with("HTTP/")) transfer.head_is_whole_ = false;
  if (line == "\r\n") transfer.head_is_whole_ = true;
  transfer.header_bytes_ += size * count;
  transfer.response_too_large_ |= transfer.header_bytes_ > kHeaderBytesMax;
  return transfer.response_too_large_ ? 0 : size * count;
}

size_t CurlTransfer::on_response_bytes(char* data, size_t size, size_t count, void* self) {
  const std::string_view bytes(data, size * count);
  return static_cast<CurlTransfer*>(self)->take_response_bytes(bytes) ? bytes.size() : 0;
}

bool CurlTransfer::take_response_bytes(std::string_view bytes) noexcept {
  response_too_large_ = bytes.size() > shared_.exporter.response_bytes_max - response_.size();
  if (response_too_large_) return false;
  try {
    if (response_.size() + bytes.size() > kSmallAnswerBytes) {
      if (!shared_.large_answer->take(this)) throw std::bad_alloc();
      response_.reserve(
          shared_.exporter.response_bytes_max);  // once; growing needs more in between
    }
    response_.append(bytes);
  } catch (const std::bad_alloc&) {  // must not unwind through libcurl's frames
    out_of_memory_ = true;
  }
  return !out_of_memory_;
}

void CurlTransfer::end() noexcept {
  leave_connection();
  forget_answer();
  active = false;
}

// What a large one made it grow to is given back.
void CurlTransfer::forget_answer() noexcept {
  response_.clear();
  if (response_.capacity() > kSmallAnswerBytes) std::string().swap(response_);
  shared_.large_answer->give_back(this);
}

Completion CurlTransfer::complete(CURLcode code) {
  const GrpcTrailers grpc = grpc_trailers();
  // A gRPC server that has decided early may reset the stream behind its status, which libcurl then
  // reports as a broken one.
  const bool decided = !grpc.status.empty() && !response_too_large_ && !out_of_memory_;
  if (code != CURLE_OK && !decided && !is_whole_answer(code)) return failure(code);
  Completion completion{.token = token_, .body = response_, .grpc = grpc, .repeats = repeats_};
  completion.status = status();
  completion.http_major = http_major();
  shared_.connections->answered(connection_, completion.http_major);
  const char* content_type = nullptr;
  curl_easy_getinfo(easy(), CURLINFO_CONTENT_TYPE, &content_type);
  if (content_type != nullptr) completion.content_type = content_type;
  completion.content_encoding = header("Content-Encoding");
  completion.retry_after = header("Retry-After");
  return completion;
}

int CurlTransfer::status() const {
  long status = 0;
  curl_easy_getinfo(easy(), CURLINFO_RESPONSE_CODE, &status);
  return static_cast<int>(status);
}

int CurlTransfer::http_major() const {
  long version = CURL_HTTP_VERSION_NONE;
  curl_easy_getinfo(easy(), CURLINFO_HTTP_VERSION, &version);
  return version >= CURL_HTTP_VERSION_2_0 ? 2 : 1;
}

// The stream ended as it should, but while libcurl was sending: it then has no message.
bool CurlTransfer::thrown_away(CURLcode code) const {
  return code == CURLE_PARTIAL_FILE || (code == CURLE_HTTP2_STREAM && error_[0] == '\0');
}

// libcurl reports what befell the stream or the connection, though the answer was there already: a
// server that has decided early resets the stream behind it [RFC 9113 8.1], or closes.
bool CurlTransfer::is_whole_answer(CURLcode code) const {
  if (!head_is_whole_ || status() < 200 || response_too_large_ || out_of_memory_) return false;
  if (status() == 204 || status() == 304) return true;
  curl_off_t length = -1;
  curl_easy_getinfo(easy(), CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
  if (length >= 0 && response_.size() == static_cast<uint64_t>(length)) return true;
  // libcurl 7.88 may have thrown the body away. That of a refusal is no more than words.
  return status() >= 400 && http_major() == 2 && thrown_away(code);
}

std::string_view CurlTransfer::header(const char* name) const {
  curl_header* found = nullptr;
  // What comes behind the body is to libcurl a trailer, or in an older one a header like others.
  constexpr unsigned kOrigins = CURLH_HEADER | CURLH_TRAILER;
  if (curl_easy_header(easy(), name, 0, kOrigins, -1, &found) != CURLHE_OK) return {};
  return found->value;
}

GrpcTrailers CurlTransfer::grpc_trailers() const {
  if (shared_.exporter.protocol != Protocol::grpc) return {};
  return {.status = header("grpc-status"),
          .message = header("grpc-message"),
          .details = header("grpc-status-details-bin")};
}

Completion CurlTransfer::failure(CURLcode code) {
  curl_off_t sent = 0;
  curl_easy_getinfo(easy(), CURLINFO_SIZE_UPLOAD_T, &sent);
  return {.token = token_,
          .error = failure_text(code),
          .retryable = !response_too_large_ && !is_permanent(code),
          .repeats = repeats_,
          .timed_out = code == CURLE_OPERATION_TIMEDOUT,
          .bytes_sent = static_cast<uint64_t>(sent)};
}

std::string_view CurlTransfer::failure_text(CURLcode code) noexcept {
  if (header_bytes_ > kHeaderBytesMax) return "the headers of the answer are too large";
  if (response_too_large_) return "the answer is larger than exporter.response_bytes_max";
  if (out_of_memory_) return "out of memory for the answer";
  if (code == CURLE_ABORTED_BY_CALLBACK)
    return "two connections in a row ended, or refused the request, before an answer";
  if (code == CURLE_COULDNT_CONNECT && !shared_.target.socket_path.empty())
    return socket_failure_text();
  const char* text = error_[0] != '\0' ? error_.data() : curl_easy_strerror(code);
  std::string_view advice = tls_advice(code, text, shared_.trust);
  if (advice.empty()) advice = protocol_advice(text);
  if (advice.empty() && !is_through_proxy()) return text;
  try {
    failure_ = text;
    if (is_through_proxy())
      failure_.append(" (through the proxy ").append(shared_.proxy_name) += ')';
    if (!advice.empty()) failure_.append(": ").append(advice);
    return failure_;
  } catch (const std::bad_alloc&) {
    return text;
  }
}

// libcurl names the host and the port of the URL, which are none of the socket's.
std::string_view CurlTransfer::socket_failure_text() noexcept {
  long os_error = 0;
  curl_easy_getinfo(easy(), CURLINFO_OS_ERRNO, &os_error);
  try {
    failure_ = "failed to connect to the Unix socket " + shared_.target.socket_path;
    if (os_error != 0)
      failure_.append(": ").append(std::generic_category().message(static_cast<int>(os_error)));
    return failure_;
  } catch (const std::bad_alloc&) {
    return "failed to connect to the Unix socket";
  }
}

// libcurl judges what no_proxy says of hosts without a port. Where the request went is then only
// known from the connection: that to a proxy of HTTP has its port.
bool CurlTransfer::is_through_proxy() const {
  if (shared_.proxy_name.empty()) return false;
  if (shared_.proxy.none_for.empty()) return true;
  long port = 0;
  curl_easy_getinfo(easy(), CURLINFO_PRIMARY_PORT, &port);
  return shared_.proxy_name.ends_with(":" + std::to_string(port));
}

uint64_t CurlTransfer::connections_established() const {
  curl_off_t connect_us = 0;
  long connections = 0;
  curl_easy_getinfo(easy(), CURLINFO_CONNECT_TIME_T, &connect_us);
  curl_easy_getinfo(easy(), CURLINFO_NUM_CONNECTS, &connections);
  return connect_us > 0 ? static_cast<uint64_t>(connections) : 0;
}

uint64_t CurlTransfer::bytes_moved() const {
  curl_off_t sent = 0;
  curl_off_t received = 0;
  curl_easy_getinfo(easy(), CURLINFO_SIZE_UPLOAD_T, &sent);
  curl_easy_getinfo(easy(), CURLINFO_SIZE_DOWNLOAD_T, &received);
  return static_cast<uint64_t>(sent + received);
}

}  // namespace cero::core
