//! One path with its methods, and the refusal of every other method.
//!
//! Knows nothing about what the handlers do. The methods are kept as data so that the interface's
//! description can be checked against what is served.

use actix_web::{FromRequest, Handler, Resource, Responder, guard, http::Method, web};

use super::error::ApiError;

/// A path and the methods it answers.
pub struct Endpoint {
    path: &'static str,
    methods: Vec<Method>,
    resource: Resource,
}

impl Endpoint {
    /// A path that answers nothing yet.
    #[must_use]
    pub fn at(path: &'static str) -> Self {
        Self {
            path,
            methods: Vec::new(),
            resource: web::resource(path),
        }
    }

    /// The path, with parameters in braces.
    #[must_use]
    pub fn path(&self) -> &'static str {
        self.path
    }

    /// The methods answered.
    #[must_use]
    pub fn methods(&self) -> &[Method] {
        &self.methods
    }

    /// Answers GET, and HEAD with the same head and no body.
    #[must_use]
    pub fn get<H, Args>(mut self, handler: H) -> Self
    where
        H: Handler<Args>,
        Args: FromRequest + 'static,
        H::Output: Responder + 'static,
    {
        let read = guard::Any(guard::Get()).or(guard::Head());
        self.methods.extend([Method::GET, Method::HEAD]);
        self.resource = self.resource.route(web::route().guard(read).to(handler));
        self
    }

    /// Answers POST.
    #[must_use]
    pub fn post<H, Args>(mut self, handler: H) -> Self
    where
        H: Handler<Args>,
        Args: FromRequest + 'static,
        H::Output: Responder + 'static,
    {
        self.methods.push(Method::POST);
        self.resource = self.resource.route(web::post().to(handler));
        self
    }

    /// Answers DELETE.
    #[must_use]
    pub fn delete<H, Args>(mut self, handler: H) -> Self
    where
        H: Handler<Args>,
        Args: FromRequest + 'static,
        H::Output: Responder + 'static,
    {
        self.methods.push(Method::DELETE);
        self.resource = self.resource.route(web::delete().to(handler));
        self
    }

    /// What the server registers; methods not named get 405 with the allowed ones.
    #[must_use]
    pub fn into_resource(self) -> Resource {
        let names: Vec<&str> = self.methods.iter().map(Method::as_str).collect();
        let allow = names.join(", ");
        self.resource.default_service(web::to(move || {
            let allow = allow.clone();
            async move { Err::<&str, _>(ApiError::MethodNotAllowed { allow }) }
        }))
    }
}
