//! A browser without a screen: cookies, forms, no redirects unless asked.

use std::{sync::Arc, time::Duration};

use reqwest::{
    Method, RequestBuilder, Url,
    cookie::{CookieStore, Jar},
    header,
    redirect::Policy,
};

use super::{app::Instance, page::Page, raw_database::Announcer};

/// The longest that any answer may take: a test that waits longer hangs.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// What is typed into a form: names and values.
pub(crate) type FormFields<'a> = &'a [(&'a str, &'a str)];

/// One browser with its own cookies. Clones share them, as tabs do.
#[derive(Clone)]
pub(crate) struct Client {
    http: reqwest::Client,
    jar: Arc<Jar>,
    origin: String,
    announcer: Announcer,
    /// Who sits before it, for messages.
    pub(crate) who: String,
}

impl Client {
    pub(super) fn new(origin: String, who: &str, announcer: Announcer) -> Self {
        let jar = Arc::new(Jar::default());
        let http = reqwest::Client::builder()
            .cookie_provider(Arc::clone(&jar))
            .redirect(Policy::none())
            .no_proxy()
            .timeout(PATIENCE)
            // Sooner than the server ends a connection: a request must not meet its end. One that was opened and then not needed, since another had
            // become free, has asked nothing yet, and is ended with 408 after ten seconds already.
            .pool_idle_timeout(Duration::from_secs(5))
            .user_agent("Mozilla/5.0 (tests)")
            .build()
            .unwrap();
        Self { http, jar, origin, announcer, who: who.to_owned() }
    }

    /// The same browser, with the same cookies, at another address of the server.
    pub(crate) fn at(&self, origin: &str) -> Self {
        Self { origin: origin.to_owned(), ..self.clone() }
    }

    /// GETs `path`, without following where it leads.
    pub(crate) async fn get(&self, path: &str) -> Page {
        self.send(self.request(Method::GET, path)).await
    }

    /// GETs `path` and follows redirects to the page at their end.
    pub(crate) async fn visit(&self, path: &str) -> Page {
        let page = self.get(path).await;
        self.follow(page).await
    }

    /// Submits a form as this site's own page would.
    pub(crate) async fn post_form(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = self
            .request(Method::POST, path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ORIGIN, &self.origin)
            .header("sec-fetch-site", "same-origin")
            .body(body);
        self.send(request).await
    }

    /// Submits the form that `selector` names on `page`, with what its fields hold except for `fields`.
    /// A field that the form does not have fails: a person could not fill it in.
    pub(crate) async fn submit(&self, page: &Page, selector: &str, fields: &[(&str, &str)]) -> Page {
        let form = page.form(selector);
        let mut filled = form.fields;
        for (name, value) in fields {
            let field = filled.iter_mut().find(|(known, _)| known == name);
            let field = field.unwrap_or_else(|| panic!("{}: the form {selector} has no field {name}", page.asked));
            (*value).clone_into(&mut field.1);
        }
        let pairs: Vec<(&str, &str)> = filled.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        match form.method.as_str() {
            "post" => self.post_form(&form.action, &pairs).await,
            _ => {
                let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&pairs).finish();
                self.get(&format!("{}?{query}", form.action)).await
            }
        }
    }

    /// Follows `page`'s redirects to the page at their end.
    pub(crate) async fn follow(&self, mut page: Page) -> Page {
        for _ in 0..5 {
            if page.status != 303 {
                return page;
            }
            page = self.get(&page.location()).await;
        }
        panic!("{}: redirects without end", page.asked)
    }

    /// A request to add to; send it with [`Client::send`].
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.origin))
    }

    /// Sends `request` and reads the whole answer. Fails when there is none: the server hung up.
    pub(crate) async fn send(&self, request: RequestBuilder) -> Page {
        self.announcer.announce().await;
        let request = request.build().unwrap();
        let asked = format!("{} {} by {}", request.method(), &request.url()[url::Position::BeforePath..], self.who);
        let answer = self.http.execute(request).await.unwrap_or_else(|error| panic!("{asked}: {error:?}"));
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let body = answer.text().await.unwrap_or_else(|error| panic!("{asked}: {error:?}"));
        Page { asked, status, headers, body }
    }

    /// The `Cookie` header that this browser sends, as far as it says who it is; empty when it says nothing.
    pub(crate) fn cookies(&self) -> String {
        let url: Url = self.origin.parse().unwrap();
        let all = self.jar.cookies(&url).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
        all.split("; ").find(|pair| pair.starts_with("session=")).unwrap_or_default().to_owned()
    }

    /// Puts a cookie into this browser, as `Set-Cookie` would.
    pub(crate) fn set_cookie(&self, cookie: &str) {
        self.jar.add_cookie_str(cookie, &self.origin.parse().unwrap());
    }

    /// Whether the server takes this browser for somebody signed in.
    pub(crate) async fn is_signed_in(&self) -> bool {
        self.get("/profile").await.status == 200
    }
}

impl Instance {
    /// `http://127.0.0.1:port`, without a slash at the end.
    pub(crate) fn origin(&self) -> String {
        format!("http://{}", self.address)
    }
}
