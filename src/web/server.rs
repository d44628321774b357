//! The server: connections, limits, and what is checked before a request comes to the desk.
//!
//! One thread. Whoever has no cookie of ours gets a refusal and no word about what is here, whatever the address and the method.

use super::desk::{Given, Job, Wanted};
use super::devices::{Devices, Secret};
use super::forms::Fields;
use super::guard::{self, Headers, Refused, Served};
use crate::clock::Clock;
use crate::report::page::STYLE as REPORT_STYLE;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Form, FromRequest, Query, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::future::{Future, poll_fn};
use std::net::TcpListener;
use std::pin::pin;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::task::Poll;
use std::time::Duration;
use tokio::sync::{Semaphore, oneshot, watch};
use tokio::time::{sleep, timeout};

/// So many connections at a time; more wait.
const MOST_CONNECTIONS: usize = 64;
/// The longest body of a form, in bytes.
const LONGEST_BODY: usize = 64 * 1024;
/// A request's head must be here by then, and so must its body.
const HEAD_WITHIN: Duration = Duration::from_secs(10);
const BODY_WITHIN: Duration = Duration::from_secs(10);
/// A connection is closed between two requests when it is so old, and in any case so much later.
const CONNECTION_LIVES: Duration = Duration::from_secs(120);
const CONNECTION_ENDS_WITHIN: Duration = Duration::from_secs(30);
/// When the server stops, the answers under way have so long.
const LAST_ANSWERS_WITHIN: Duration = Duration::from_secs(3);
/// A cookie is kept for so many seconds: what browsers allow, some 400 days.
const COOKIE_LIVES_S: u32 = 400 * 24 * 3600;

const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; \
                      media-src blob:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");
/// What a stranger is told.
const REFUSED: &str = "This address is not open to you.\n";

/// What every request needs.
pub struct Door {
    /// The addresses that are served.
    pub served: Served,
    /// The port, which the cookie's name has: cookies know no ports.
    pub port: u16,
    /// Who may come in.
    pub devices: Arc<Devices>,
    /// The time.
    pub clock: Clock,
    /// Takes what was let in.
    pub jobs: Sender<Job>,
    /// Is told which device came in.
    pub came_in: fn(&str),
}

/// Who asks, as the guard found out.
#[derive(Debug, Clone)]
struct Known {
    device: String,
    secret: Secret,
}

/// Serves until it is told to stop; what was begun is done first.
///
/// # Errors
/// The network fails.
pub fn serve(listener: TcpListener, door: Door) -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let served = runtime.block_on(accept(listener, door));
    // Whoever waits still for a request to come waits in vain.
    runtime.shutdown_timeout(Duration::from_millis(100));
    served
}

async fn accept(listener: TcpListener, door: Door) -> std::io::Result<()> {
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let door = Arc::new(door);
    let routes = Router::new()
        .route("/style.css", get(async || kept("text/css; charset=utf-8", &format!("{REPORT_STYLE}{STYLE}"))))
        .route("/script.js", get(async || kept("text/javascript; charset=utf-8", SCRIPT)))
        .fallback(to_desk)
        .layer(from_fn_with_state(Arc::clone(&door), let_in))
        .with_state(door);
    let permits = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    let (stop, stopped) = watch::channel(());
    let mut ended = pin!(told_to_stop());
    loop {
        let Ok(permit) = Arc::clone(&permits).acquire_owned().await else { break };
        let next = first(listener.accept(), ended.as_mut()).await;
        let stream = match next {
            First::One(Ok((stream, _))) => stream,
            // A connection that was gone before it was taken, or no file handle left: the next one may do.
            First::One(Err(_)) => {
                sleep(Duration::from_millis(50)).await;
                continue;
            }
            First::Other(()) => break,
        };
        let service = TowerToHyperService::new(routes.clone());
        let mut stopped = stopped.clone();
        tokio::spawn(async move {
            let _permit = permit;
            let _ = stream.set_nodelay(true);
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(HEAD_WITHIN)
                .serve_connection(TokioIo::new(stream), service);
            let mut connection = pin!(connection);
            let old = async {
                let _ = timeout(CONNECTION_LIVES, stopped.changed()).await;
            };
            if let First::Other(()) = first(connection.as_mut(), pin!(old)).await {
                connection.as_mut().graceful_shutdown();
                let _ = timeout(CONNECTION_ENDS_WITHIN, connection).await;
            }
        });
    }
    drop(stop);
    // All permits are back when all connections are closed.
    let _ = timeout(LAST_ANSWERS_WITHIN, permits.acquire_many(MOST_CONNECTIONS as u32)).await;
    Ok(())
}

/// What came first of two.
enum First<A, B> {
    One(A),
    Other(B),
}

async fn first<A: Future, B: Future + Unpin>(one: A, other: B) -> First<A::Output, B::Output> {
    let (mut one, mut other) = (pin!(one), pin!(other));
    poll_fn(|context| {
        if let Poll::Ready(done) = other.as_mut().poll(context) {
            return Poll::Ready(First::Other(done));
        }
        one.as_mut().poll(context).map(First::One)
    })
    .await
}

/// Waits for Ctrl-C, or for another word to stop.
#[cfg(unix)]
async fn told_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let mut waits = Vec::new();
    for kind in [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()] {
        waits.extend(signal(kind));
    }
    poll_fn(|context| match waits.iter_mut().any(|signal| signal.poll_recv(context).is_ready()) {
        true => Poll::Ready(()),
        false => Poll::Pending,
    })
    .await;
}

#[cfg(not(unix))]
async fn told_to_stop() {
    let _ = tokio::signal::ctrl_c().await;
}

/// What every answer says of itself.
fn with_headers(mut response: Response) -> Response {
    let headers = response.headers_mut();
    let always = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    for (name, value) in always {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

fn plain(status: StatusCode, text: &'static str) -> Response {
    (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}

fn refused(refused: Refused) -> Response {
    plain(StatusCode::from_u16(refused.status()).unwrap_or(StatusCode::FORBIDDEN), REFUSED)
}

/// A part of every page, which another build has at another address.
fn kept(kind: &'static str, text: &str) -> Response {
    let headers = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "private, max-age=31536000, immutable")];
    (headers, text.to_owned()).into_response()
}

fn page(status: u16, html: String) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response()
}

fn elsewhere(path: &str) -> Response {
    let path = HeaderValue::from_str(path).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, path)]).into_response()
}

/// The values of a header; one that is no text is like one that is wrong.
fn values(headers: &HeaderMap, name: HeaderName) -> Vec<&str> {
    headers.get_all(name).iter().map(|value| value.to_str().unwrap_or("\u{fffd}")).collect()
}

/// Lets a request in, or refuses it, before anything of it is done; its body is read here, in the limits.
async fn let_in(State(door): State<Arc<Door>>, request: Request, next: Next) -> Response {
    with_headers(match check(&door, request).await {
        Ok(request) => next.run(request).await,
        Err(response) => response,
    })
}

async fn check(door: &Door, mut request: Request) -> Result<Request, Response> {
    let known = {
        let (head, uri) = (request.headers(), request.uri());
        let host = values(head, header::HOST);
        let origin = values(head, header::ORIGIN);
        let fetch_site = values(head, HeaderName::from_static("sec-fetch-site"));
        let cookie = values(head, header::COOKIE);
        let headers = Headers {
            authority: uri.authority().map(axum::http::uri::Authority::as_str),
            host: &host,
            origin: &origin,
            fetch_site: &fetch_site,
            cookie: &cookie,
        };
        door.served.check_host(headers).map_err(refused)?;
        if let Some(token) = uri.path().strip_prefix("/in/") {
            return Err(login(door, &request, token, &fetch_site));
        }
        let secret = guard::cookie(headers, &door.cookie_name());
        let device = secret.as_ref().map(|secret| door.devices.known(secret, door.clock.today()));
        let (Some(secret), Some(Ok(Some(device)))) = (secret, device) else {
            return Err(refused(Refused::Forbidden));
        };
        match *request.method() {
            Method::GET | Method::HEAD => {}
            Method::POST => door.served.check_sender(headers).map_err(refused)?,
            _ => return Err(plain(StatusCode::METHOD_NOT_ALLOWED, "Only GET and POST are of use here.\n")),
        }
        Known { device: device.name, secret }
    };
    request.extensions_mut().insert(known);
    let (head, body) = request.into_parts();
    let length =
        head.headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if length.is_some_and(|length| length > LONGEST_BODY) {
        return Err(plain(StatusCode::PAYLOAD_TOO_LARGE, "That is too long.\n"));
    }
    let body = match timeout(BODY_WITHIN, to_bytes(body, LONGEST_BODY)).await {
        Err(_) => return Err(plain(StatusCode::REQUEST_TIMEOUT, "That took too long to arrive.\n")),
        Ok(Err(_)) => return Err(plain(StatusCode::PAYLOAD_TOO_LARGE, "That is too long.\n")),
        Ok(Ok(body)) => body,
    };
    Ok(Request::from_parts(head, Body::from(body)))
}

impl Door {
    fn cookie_name(&self) -> String {
        format!("sysdrill-{}", self.port)
    }
}

/// Takes a token once: it becomes a cookie, and leaves the address bar.
fn login(door: &Door, request: &Request, token: &str, fetch_site: &[&str]) -> Response {
    // What a browser or a messenger fetches in advance is not the learner.
    let purpose = values(request.headers(), HeaderName::from_static("sec-purpose"));
    if *request.method() != Method::GET || !purpose.is_empty() {
        return refused(Refused::Forbidden);
    }
    let agent = values(request.headers(), header::USER_AGENT).concat();
    let came =
        Secret::parse(token).map(|token| door.devices.let_in(&token, &agent, door.clock.today(), door.clock.now_ms()));
    match came {
        Some(Ok(Some((secret, name)))) => {
            (door.came_in)(&format!("{name} came in."));
            let cookie =
                format!("{}={secret}; Path=/; Max-Age={COOKIE_LIVES_S}; HttpOnly; SameSite=Strict", door.cookie_name());
            // Where another site led here the next request would count as that site's, and bring no strict cookie: there a page of
            // our own leads on.
            let mut response = match fetch_site.contains(&"cross-site") {
                false => elsewhere("/"),
                true => page(200, "<!DOCTYPE html><html lang=en><meta charset=utf-8><meta http-equiv=refresh content=\"0;url=/\"><title>Welcome</title><a href=/>Go on</a>".to_owned()),
            };
            if let Ok(cookie) = HeaderValue::from_str(&cookie) {
                response.headers_mut().insert(header::SET_COOKIE, cookie);
            }
            response
        }
        Some(Err(error)) => {
            (door.came_in)(&format!("a device could not be let in: {error}"));
            refused(Refused::Forbidden)
        }
        _ => refused(Refused::Forbidden),
    }
}

/// Passes a request on to the desk, and its answer back.
async fn to_desk(State(door): State<Arc<Door>>, request: Request) -> Response {
    let Some(known) = request.extensions().get::<Known>().cloned() else { return refused(Refused::Forbidden) };
    let path = request.uri().path().to_owned();
    let changes = *request.method() == Method::POST;
    let fields: Result<Vec<(String, String)>, Response> = match changes {
        true => Form::from_request(request, &()).await.map(|Form(fields)| fields).map_err(IntoResponse::into_response),
        false => Query::try_from_uri(request.uri()).map(|Query(fields)| fields).map_err(IntoResponse::into_response),
    };
    let fields = match fields {
        Ok(fields) => Fields::new(fields),
        Err(response) => return response,
    };
    if changes && !fields.get("token").is_some_and(|token| known.secret.is_form_token(token)) {
        return refused(Refused::Forbidden);
    }
    let token = known.secret.form_token();
    let (give, given) = oneshot::channel();
    let wanted = Wanted { changes, path, fields, token, device: known.device };
    let job = Job { wanted, give: Box::new(move |answer| drop(give.send(answer))) };
    if door.jobs.send(job).is_err() {
        return plain(StatusCode::SERVICE_UNAVAILABLE, "The server is stopping.\n");
    }
    match given.await {
        Ok(Given::Page(status, html)) => page(status, html),
        Ok(Given::Elsewhere(path)) => elsewhere(&path),
        Err(_) => plain(StatusCode::SERVICE_UNAVAILABLE, "The server is stopping.\n"),
    }
}
