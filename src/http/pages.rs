//! The two pages for people: the chat, and the interface's description.
//!
//! Each is served as one document that loads nothing else, joined from its parts and rendered once
//! at start. Its content security policy allows exactly its own inline scripts and style, by their
//! hashes. What the pages do is in `templates/pages/`, one file a noun.

use actix_web::{HttpResponse, http::header, web};
use base64::{Engine, prelude::BASE64_STANDARD};
use handlebars::Handlebars;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::config::Limits;

use super::openapi;

/// The text of a file under `templates/pages/`.
macro_rules! part {
    ($path:literal) => {
        include_str!(concat!("../../templates/pages/", $path))
    };
}

/// What a page is joined from.
struct Parts {
    template: &'static str,
    style: &'static [&'static str],
    /// What runs before the first paint.
    early: &'static str,
    script: &'static [&'static str],
}

const CHAT: Parts = Parts {
    template: part!("chat.hbs"),
    style: &[part!("shared/base.css"), part!("chat/chat.css")],
    early: part!("shared/theme.js"),
    script: &[
        part!("shared/dom.js"),
        part!("chat/inline.js"),
        part!("chat/blocks.js"),
        part!("chat/server.js"),
        part!("chat/panel.js"),
        part!("chat/source.js"),
        part!("chat/outcome.js"),
        part!("chat/feedback.js"),
        part!("chat/turn.js"),
        part!("chat/history.js"),
        part!("chat/page.js"),
    ],
};

const DOCS: Parts = Parts {
    template: part!("api.hbs"),
    style: &[part!("shared/base.css"), part!("api/api.css")],
    early: part!("shared/theme.js"),
    script: &[
        part!("shared/dom.js"),
        part!("api/schema.js"),
        part!("api/page.js"),
    ],
};

/// Why the pages can't be served.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// A template is broken.
    #[error("a page's template can't be rendered: {0}")]
    Template(#[from] handlebars::RenderError),
    /// The interface's description is broken.
    #[error("the interface's description can't be written: {0}")]
    Description(#[from] serde_json::Error),
}

/// What is rendered once and served as it is.
pub struct Pages {
    chat: Page,
    docs: Page,
    /// The interface's description.
    pub openapi: String,
}

struct Page {
    html: String,
    policy: String,
}

impl Pages {
    /// Renders everything.
    ///
    /// # Errors
    /// When a template or the description is broken: a fault of this program.
    pub fn render(limits: &Limits) -> Result<Self, PageError> {
        let page = |parts: &Parts| {
            let data = json!({
                "version": env!("CARGO_PKG_VERSION"),
                "max_message_bytes": limits.max_message_bytes,
                "style": parts.style.concat(),
                "early": parts.early,
                "script": parts.script.concat(),
            });
            let html = Handlebars::new().render_template(parts.template, &data)?;
            let policy = policy(&html);
            Ok::<_, PageError>(Page { html, policy })
        };
        Ok(Self {
            chat: page(&CHAT)?,
            docs: page(&DOCS)?,
            openapi: openapi::document()?,
        })
    }
}

impl Page {
    fn respond(&self) -> HttpResponse {
        HttpResponse::Ok()
            .content_type("text/html; charset=utf-8")
            .insert_header((header::CONTENT_SECURITY_POLICY, self.policy.as_str()))
            .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .insert_header((header::REFERRER_POLICY, "no-referrer"))
            .insert_header((header::CACHE_CONTROL, "no-cache"))
            .body(self.html.clone())
    }
}

/// The chat page.
#[utoipa::path(
    get, path = "/", tag = "operation", operation_id = "chat_page",
    responses((status = 200, description = "The chat page", body = String, content_type = "text/html")),
)]
pub async fn chat(pages: web::Data<Pages>) -> HttpResponse {
    pages.chat.respond()
}

/// A page that shows this description.
#[utoipa::path(
    get, path = "/docs", tag = "operation", operation_id = "docs_page",
    responses((status = 200, description = "The page", body = String, content_type = "text/html")),
)]
pub async fn docs(pages: web::Data<Pages>) -> HttpResponse {
    pages.docs.respond()
}

fn policy(html: &str) -> String {
    let (script, style) = (hashes(html, "script"), hashes(html, "style"));
    format!(
        "default-src 'none'; script-src {script}; style-src {style}; connect-src 'self'; \
         img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
         require-trusted-types-for 'script'"
    )
}

/// The hash of each element's text, as a policy names it.
fn hashes(html: &str, element: &str) -> String {
    let (open, close) = (format!("<{element}>"), format!("</{element}>"));
    let texts = html.split(&open).skip(1);
    let texts = texts.filter_map(|rest| rest.split_once(&close));
    let hashes: Vec<String> = texts
        .map(|(text, _)| {
            let hash = BASE64_STANDARD.encode(Sha256::digest(text));
            format!("'sha256-{hash}'")
        })
        .collect();
    hashes.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pages() -> Pages {
        let limits = Limits {
            max_message_bytes: 4_321,
            max_body_bytes: 10_000,
        };
        Pages::render(&limits).expect("renders")
    }

    #[test]
    fn the_policy_names_the_hash_of_the_inline_script() {
        // The hash that browsers compute for `alert(1)`.
        let html = "<style>p{}</style><script>alert(1)</script>";
        assert_eq!(
            hashes(html, "script"),
            "'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='"
        );
    }

    #[test]
    fn pages_load_nothing_and_never_write_markup_from_text() {
        let pages = pages();
        for html in [&pages.chat.html, &pages.docs.html] {
            for forbidden in [
                "innerHTML",
                "insertAdjacentHTML",
                "document.write",
                "eval(",
                " src=",
                "@import",
                "https://",
                "{{",
                " style=",
                "onclick=",
            ] {
                assert!(!html.contains(forbidden), "{forbidden}");
            }
        }
    }

    #[test]
    fn every_part_on_disk_is_part_of_a_page() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/templates/pages");
        let joined = pages();
        let joined = joined.chat.html + &joined.docs.html;
        let mut parts = 0;
        for room in ["shared", "chat", "api"] {
            let files = std::fs::read_dir(format!("{folder}/{room}")).expect("a folder");
            for file in files {
                let path = file.expect("a file").path();
                let text = std::fs::read_to_string(&path).expect("text");
                assert!(joined.contains(&text), "{}", path.display());
                parts += 1;
            }
        }
        assert!(parts > 10);
    }

    #[test]
    fn every_inline_script_and_style_is_allowed() {
        let pages = pages();
        for page in [&pages.chat, &pages.docs] {
            for element in ["script", "style"] {
                let opened = page.html.matches(&format!("<{element}")).count();
                assert_eq!(hashes(&page.html, element).split(' ').count(), opened);
            }
        }
    }

    #[test]
    fn the_page_knows_the_limit_of_a_message() {
        assert!(pages().chat.html.contains("4321"));
    }
}
