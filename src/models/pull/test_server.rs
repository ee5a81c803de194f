//! A file server on loopback for the tests of downloading: one thread, one connection at a time.

use std::{
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

/// How the server behaves.
#[derive(Clone, Copy, Default)]
pub(super) struct Behaviour {
    /// Answers `Range` as asked, instead of sending everything.
    pub(super) ranges: bool,
    /// Breaks the first connection off after so many bytes of the body.
    pub(super) first_breaks_after: Option<usize>,
}

/// A running server; it ends with the test process.
pub(super) struct Server {
    /// Where the file is.
    pub(super) url: String,
    asked: Arc<Mutex<Vec<Option<usize>>>>,
}

impl Server {
    /// For each request so far, the first byte asked for by `Range`.
    pub(super) fn asked(&self) -> Vec<Option<usize>> {
        self.asked.lock().expect("no test panics inside").clone()
    }
}

/// Serves `body` at any path.
pub(super) fn serve(body: Vec<u8>, behaviour: Behaviour) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    let url = format!(
        "http://{}/file",
        listener.local_addr().expect("it is bound")
    );
    let asked = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&asked);
    thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            answer(connection, &body, behaviour, &log);
        }
    });
    Server { url, asked }
}

fn answer(
    mut connection: TcpStream,
    body: &[u8],
    behaviour: Behaviour,
    log: &Mutex<Vec<Option<usize>>>,
) {
    let lines = BufReader::new(&connection)
        .lines()
        .map_while(Result::ok)
        .take_while(|line| !line.is_empty());
    let range = lines
        .filter_map(|line| {
            line.to_ascii_lowercase()
                .strip_prefix("range: bytes=")
                .map(str::to_owned)
        })
        .find_map(|range| range.trim_end_matches('-').parse::<usize>().ok());
    let is_first = {
        let mut log = log.lock().expect("no test panics inside");
        log.push(range);
        log.len() == 1
    };
    let from = range.filter(|_| behaviour.ranges);
    let rest = &body[from.unwrap_or(0).min(body.len())..];
    let status = match from {
        Some(from) if from >= body.len() => "416 Range Not Satisfiable".to_owned(),
        Some(from) => format!(
            "206 Partial Content\r\ncontent-range: bytes {from}-{}/{}",
            body.len() - 1,
            body.len()
        ),
        None => "200 OK".to_owned(),
    };
    let sent = behaviour
        .first_breaks_after
        .filter(|_| is_first)
        .map_or(rest, |count| &rest[..count]);
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        rest.len()
    );
    // A client that hung up is the client's affair.
    let _ = connection
        .write_all(head.as_bytes())
        .and_then(|()| connection.write_all(sent));
}
