//! The HTTP face: requests are parsed here, answered by the orchestrator, and shaped as
//! OpenAI shapes them.
//!
//! Responsible for paths, status codes, wire shapes and request logs. Deliberately without any
//! say in how a turn is answered: a handler parses, asks the orchestrator once, and serializes.
//! [`table`] lists every path; [`error`] is the only place that turns an error into a status.

pub mod completions;
mod connections;
pub mod conversations;
pub mod door;
pub mod drain;
pub mod embeddings;
pub mod endpoint;
pub mod error;
pub mod extract;
pub mod json;
pub mod knowledge;
pub mod models;
pub mod observe;
pub mod openapi;
pub mod ops;
pub mod pages;
pub mod request;
pub mod route;
pub mod schema;
pub mod sse;
pub mod turn;
pub mod turn_error;
pub mod turn_metrics;
pub mod wire;

use std::{io, net::TcpListener, sync::Arc, thread, time::Duration};

use actix_web::{App, HttpServer, dev::Server, middleware::from_fn, web};
use tokio::sync::watch;

use crate::{config::Limits, orchestrator::Orchestrator};

use drain::Drain;
use endpoint::Endpoint;
use error::ApiError;
use pages::Pages;

/// How long an idle connection is kept for the next request.
const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// How long connections may take to close once nothing is in flight any more.
const CLOSE_TIMEOUT_S: u64 = 1;

/// Renders the metrics in Prometheus' text format.
pub type RenderMetrics = Arc<dyn Fn() -> String + Send + Sync>;

/// What the handlers share.
#[derive(Clone)]
pub struct State {
    /// The orchestrator, or `None` while models and index are loading.
    pub ready: watch::Receiver<Option<Orchestrator>>,
    /// How the server stops: new work is refused, work under way is finished or told.
    pub drain: Drain,
    /// How long a new connection may take to send its first head.
    pub head_timeout: Duration,
    /// How long a request may take to send its body.
    pub body_timeout: Duration,
    /// What is refused at the door.
    pub limits: Limits,
    /// Renders `/metrics`.
    pub metrics: RenderMetrics,
}

/// Every path served, with its methods: the table of contents of this room.
#[must_use]
pub fn table() -> Vec<Endpoint> {
    vec![
        Endpoint::at("/").get(pages::chat),
        Endpoint::at("/docs").get(pages::docs),
        Endpoint::at("/openapi.json").get(ops::openapi),
        Endpoint::at("/healthz").get(ops::alive),
        Endpoint::at("/readyz").get(ops::ready),
        Endpoint::at("/metrics").get(ops::metrics),
        Endpoint::at("/v1/chat/completions").post(completions::create),
        Endpoint::at("/v1/models").get(models::list),
        Endpoint::at("/v1/models/{model}").get(models::one),
        Endpoint::at("/v1/embeddings").post(embeddings::create),
        Endpoint::at("/v1/route").post(route::preview),
        Endpoint::at("/v1/search").post(route::search),
        Endpoint::at("/v1/conversations")
            .get(conversations::list)
            .post(conversations::create),
        Endpoint::at("/v1/conversations/{id}")
            .get(conversations::one)
            .delete(conversations::remove),
        Endpoint::at("/v1/conversations/{id}/messages").post(conversations::say),
        Endpoint::at("/v1/messages/{id}/feedback").post(conversations::feedback),
        Endpoint::at("/v1/knowledge/status").get(knowledge::status),
        Endpoint::at("/v1/knowledge/reload").post(knowledge::reload),
        Endpoint::at("/v1/knowledge/suggestions").get(knowledge::suggestions),
        Endpoint::at("/v1/knowledge/source").get(knowledge::source),
    ]
}

/// Registers the paths and what they share on an application.
pub fn configure(
    service: &mut web::ServiceConfig,
    state: web::Data<State>,
    pages: web::Data<Pages>,
) {
    let bad_query = web::QueryConfig::default().error_handler(|error, _| {
        let message = format!("the query string can't be read: {error}");
        ApiError::Invalid {
            param: None,
            message,
        }
        .into()
    });
    service.app_data(state).app_data(pages).app_data(bad_query);
    for endpoint in table() {
        service.service(endpoint.into_resource());
    }
    service.default_service(web::to(ops::unknown_path));
}

/// Serves `state` on `listener` until the returned server is stopped by its handle.
///
/// One worker a core; signals are left to the caller, who runs [`State::drain`] and then stops
/// the server gracefully, which closes the connections.
///
/// # Errors
/// When the listener can't be used by the asynchronous runtime.
pub fn serve(listener: TcpListener, state: State) -> Result<Server, io::Error> {
    let workers = thread::available_parallelism().map_or(1, usize::from);
    let pages = web::Data::new(Pages::render(&state.limits).map_err(io::Error::other)?);
    let most_connections = connections::most();
    let head_timeout = state.head_timeout;
    let state = web::Data::new(state);
    observe::describe_metrics();
    turn_metrics::describe();
    let server = HttpServer::new(move || {
        let (state, pages) = (state.clone(), pages.clone());
        App::new()
            .wrap(from_fn(drain::guard))
            .wrap(from_fn(door::guard))
            .wrap(from_fn(observe::observe))
            .configure(|service| configure(service, state, pages))
    })
    .workers(workers)
    .keep_alive(KEEP_ALIVE)
    .client_request_timeout(head_timeout)
    .max_connections(most_connections.div_ceil(workers))
    // A client that hangs up must be noticed while its answer is being written.
    .h1_allow_half_closed(false)
    .tcp_nodelay(true)
    .shutdown_timeout(CLOSE_TIMEOUT_S)
    .disable_signals()
    .listen(listener)?
    .run();
    Ok(server)
}
