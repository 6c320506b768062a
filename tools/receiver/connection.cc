#include "receiver/connection.h"

#include <event2/bufferevent_ssl.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "receiver/http1_session.h"
#include "receiver/http2_session.h"
#include "receiver/socket_options.h"

namespace cero::receiver {
namespace {

// What may lie unread while an answer is delayed; past it the client's sends block.
constexpr size_t kInputBytesMax = size_t{1} << 20;
// How long a client may stay silent between our end of the connection and its own.
constexpr timeval kLinger{2, 0};

// How often a connection that is not read is looked at for its end.
constexpr timeval kPeerCheck{0, 50'000};
// A fatal alert, handshake_failure.
constexpr std::string_view kTlsAlert("\x15\x03\x01\x00\x02\x02\x28", 7);
constexpr std::string_view kPlaintextAnswer =
    "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
// No status line, and too long for a frame of HTTP/2.
constexpr std::string_view kGarbage = "This is no answer.\r\n\r\n";

void append(evbuffer* buffer, std::string_view bytes) {
  evbuffer_add(buffer, bytes.data(), bytes.size());
}

void discard(evbuffer* buffer) { evbuffer_drain(buffer, evbuffer_get_length(buffer)); }

}  // namespace

Connection::Connection(BuffereventPtr stream, Intake& intake, Settings settings)
    : intake_(intake), settings_(std::move(settings)), stream_(std::move(stream)) {
  bufferevent_setcb(stream_.get(), on_read, on_write, on_event, this);
  bufferevent_setwatermark(stream_.get(), EV_READ, 0, kInputBytesMax);
  bufferevent_enable(stream_.get(), EV_READ | EV_WRITE);
}

Connection::~Connection() {
  for (const DelayedReply& delayed : delayed_) note_if_lost(delayed.reply);
  if (trickle_) note_if_lost(trickle_->reply);
}

void Connection::on_read(bufferevent*, void* self) {
  auto& connection = *static_cast<Connection*>(self);
  connection.take_input();
  connection.settle();
}

void Connection::on_write(bufferevent*, void* self) { static_cast<Connection*>(self)->settle(); }

void Connection::on_event(bufferevent*, short what, void* self) {
  if ((what & BEV_EVENT_CONNECTED) != 0) return;  // the TLS handshake is done
  auto& connection = *static_cast<Connection*>(self);
  connection.input_ended_ = true;
  const bool is_half_closed =
      (what & BEV_EVENT_EOF) != 0 && evbuffer_get_length(connection.output()) > 0;
  connection.ending_ = is_half_closed ? Ending::after_output : Ending::now;
  connection.settle();
}

void Connection::take_input() {
  if (ending_ != Ending::none || settings_.fault.kind == ConnectionFault::Kind::silence) {
    discard(input());
  } else if (settings_.fault.breaks_handshake()) {
    break_handshake();
  } else if (session_ || start_session()) {
    session_->receive(input());
  }
}

// The client has begun its handshake, and this connection has no TLS below it.
void Connection::break_handshake() {
  discard(input());
  const bool alert = settings_.fault.kind == ConnectionFault::Kind::tls_alert;
  append(output(), alert ? kTlsAlert : kPlaintextAnswer);
  close_when_sent();
}

bool Connection::start_session() {
  SessionHost& host = *this;
  char bytes[kHttp2Preface.size()];
  const ev_ssize_t size = evbuffer_copyout(input(), bytes, sizeof(bytes));
  const std::string_view start(bytes, size < 0 ? 0 : static_cast<size_t>(size));
  if (!settings_.allows_http2 || !kHttp2Preface.starts_with(start)) {
    session_ = std::make_unique<Http1Session>(host);
  } else if (start.size() == kHttp2Preface.size()) {
    Http2Windows windows;
    if (settings_.fault.kind == ConnectionFault::Kind::window) {
      windows.stream_bytes = settings_.fault.window_bytes;
      windows.open_again = !settings_.fault.window_is_stuck;
    }
    session_ = std::make_unique<Http2Session>(host, windows);
  } else {
    return false;
  }
  intake_.connection_opened();
  return true;
}

bool Connection::goes_on_reading() {
  const auto fault = intake_.on_header();
  if (!fault) return true;
  switch (*fault) {
    case UploadFault::stall:
      stop_reading();
      break;
    case UploadFault::close:
      close_when_sent();
      break;
    case UploadFault::reset:
      reset_now();
      break;
  }
  return false;
}

// What a client leaves unread hides its end, so that is looked for.
void Connection::stop_reading() {
  bufferevent_disable(stream_.get(), EV_READ);
  peer_check_.reset(
      event_new(bufferevent_get_base(stream_.get()), -1, EV_PERSIST, on_peer_check, this));
  event_add(peer_check_.get(), &kPeerCheck);
}

void Connection::on_peer_check(evutil_socket_t, short, void* self) {
  auto& connection = *static_cast<Connection*>(self);
  pollfd peer{.fd = bufferevent_getfd(connection.stream_.get()), .events = POLLRDHUP, .revents = 0};
  if (poll(&peer, 1, 0) > 0) connection.ending_ = Ending::now;
  connection.settle();
}

void Connection::dispatch(Request request) {
  was_asked_ = true;
  request.connection_id = settings_.id;
  const int32_t stream_id = request.stream_id;
  Reply reply = intake_.take(std::move(request));
  if (reply.delay.count() > 0) {
    deliver_later(stream_id, std::move(reply));
  } else {
    deliver(stream_id, reply);
  }
}

void Connection::deliver(int32_t stream_id, const Reply& reply) {
  switch (reply.fault) {
    case Fault::stall:
      return;
    case Fault::close:
      return close_when_sent();
    case Fault::reset_connection:
      return reset_now();
    case Fault::garbage:
      return send_garbage();
    default:
      break;
  }
  if (reply.trickle.count() > 0 && !trickle_) begin_trickle(reply);
  if (!session_->answer(stream_id, reply)) note_if_lost(reply);
}

void Connection::send_garbage() {
  append(output(), kGarbage);
  close_when_sent();
}

void Connection::begin_trickle(const Reply& reply) {
  trickle_.emplace();
  trickle_->staged.reset(evbuffer_new());
  trickle_->reply = reply;
  const timeval interval = to_timeval(reply.trickle);
  trickle_->timer.reset(
      event_new(bufferevent_get_base(stream_.get()), -1, EV_PERSIST, on_trickle, this));
  event_add(trickle_->timer.get(), &interval);
}

void Connection::on_trickle(evutil_socket_t, short, void* self) {
  auto& connection = *static_cast<Connection*>(self);
  evbuffer* staged = connection.trickle_->staged.get();
  evbuffer_remove_buffer(staged, connection.socket_output(), 1);
  if (evbuffer_get_length(staged) == 0) connection.trickle_.reset();
  connection.settle();
}

// An answer that would have told the client of its spans.
void Connection::note_if_lost(const Reply& reply) {
  if (says_accepted(reply)) intake_.answer_lost(reply);
}

void Connection::deliver_later(int32_t stream_id, Reply reply) {
  const timeval delay = to_timeval(reply.delay);
  DelayedReply& delayed =
      delayed_.emplace_back(DelayedReply{*this, stream_id, std::move(reply), nullptr});
  delayed.timer.reset(evtimer_new(bufferevent_get_base(stream_.get()), on_delay_over, &delayed));
  evtimer_add(delayed.timer.get(), &delay);
}

void Connection::on_delay_over(evutil_socket_t, short, void* arg) {
  auto& delayed = *static_cast<DelayedReply*>(arg);
  Connection& connection = delayed.connection;
  if (connection.ending_ == Ending::none) {
    connection.deliver(delayed.stream_id, delayed.reply);
    connection.session_->send_queued();
  } else {
    connection.note_if_lost(delayed.reply);
  }
  connection.delayed_.remove_if([&](const DelayedReply& other) { return &other == &delayed; });
  connection.take_input();  // what waited behind the answer
  connection.settle();
}

void Connection::close_when_sent() {
  if (ending_ == Ending::none) ending_ = Ending::after_output;
}

void Connection::reset_now() {
  reset_when_closed(bufferevent_getfd(stream_.get()));
  ending_ = Ending::now;
}

void Connection::shut_output() {
  if (SSL* ssl = bufferevent_openssl_get_ssl(stream_.get())) SSL_shutdown(ssl);
  shutdown(bufferevent_getfd(stream_.get()), SHUT_WR);
  // Closing the socket at once would reset it if the client is still sending, and the client could
  // lose the answer with that.
  ending_ = Ending::lingering;
  discard(input());
  bufferevent_set_timeouts(stream_.get(), &kLinger, nullptr);
}

void Connection::retire() {
  is_retiring_ = true;
  settle();
}

bool Connection::owes_nothing() const { return delayed_.empty() && !trickle_; }

void Connection::settle() {
  const bool has_had_its_fault = settings_.fault.kind == ConnectionFault::Kind::none || was_asked_;
  if (is_retiring_ && has_had_its_fault && owes_nothing()) close_when_sent();
  if (ending_ == Ending::after_output && !trickle_ && evbuffer_get_length(output()) == 0) {
    if (input_ended_) {
      ending_ = Ending::now;
    } else {
      shut_output();
    }
  }
  if (ending_ == Ending::now) {
    // on_end destroys this object and with it the function; so call a copy.
    const auto on_end = settings_.on_end;
    on_end(settings_.id);
  }
}

}  // namespace cero::receiver
