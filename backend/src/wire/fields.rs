//! The fields of a siteverify request, in any format: a query, a form, multipart or JSON. If a request cannot be
//! read, the error says what to change.

use super::body::SmallBody;
use core::fmt;
use futures_util::stream;
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::Value;

/// The fields that are used; `remoteip`, `sitekey` and all others are ignored.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Fields {
    pub secret: Option<String>,
    pub response: Option<String>,
    pub key: Option<String>,
    pub answer: Option<String>,
    pub idempotency_key: Option<String>,
    /// Whether another field looks as if it contained the response.
    pub misnamed: bool,
}

/// The names of the form fields of other services. Some programs send them on unchanged.
const MISNAMED: [&str; 4] = ["response", "token", "solution", "captcha"];

type Read<T> = Result<T, String>;

impl Fields {
    fn named(&mut self, name: &str) -> Option<&mut Option<String>> {
        Some(match name {
            "secret" => &mut self.secret,
            "response" => &mut self.response,
            "key" => &mut self.key,
            "answer" => &mut self.answer,
            "idempotency_key" => &mut self.idempotency_key,
            _ => return None,
        })
    }

    /// Refuses a field that occurs twice, because programs differ on which one counts.
    fn enter(&mut self, name: &str, value: String) -> Read<()> {
        match self.named(name) {
            Some(field) if field.is_some() => Err(twice(name)),
            Some(field) => {
                *field = Some(value);
                Ok(())
            }
            None => {
                self.misnamed |= MISNAMED.iter().any(|part| name.ends_with(part));
                Ok(())
            }
        }
    }

    /// Whether none of these fields was there.
    pub(super) fn is_empty(&self) -> bool {
        let misnamed = self.misnamed;
        *self
            == Self {
                misnamed,
                ..Self::default()
            }
    }

    /// Whether a secret and a response are there.
    pub(super) fn is_whole(&self) -> bool {
        self.secret.is_some() && (self.response.is_some() || self.key.is_some())
    }

    /// Reads a query.
    pub(super) fn of_query(query: &str) -> Read<Self> {
        Self::of_form(query.as_bytes())
    }

    fn of_form(text: &[u8]) -> Read<Self> {
        let mut fields = Self::default();
        for (name, value) in form_urlencoded::parse(text) {
            fields.enter(&name, value.into_owned())?;
        }
        Ok(fields)
    }

    fn of_json(text: &[u8]) -> Read<Self> {
        // The JSON libraries of some languages write a byte order mark first.
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        let Members(members) = serde_json::from_slice(text).map_err(|_| {
            "The body is no JSON object, though its Content-Type says so.".to_owned()
        })?;
        let mut fields = Self::default();
        for (at, (name, _)) in members.iter().enumerate() {
            if fields.named(name).is_some() && members[..at].iter().any(|(other, _)| other == name)
            {
                return Err(twice(name));
            }
        }
        for (name, value) in members {
            match value {
                Value::String(text) => fields.enter(&name, text)?,
                Value::Null => {}
                _ if fields.named(&name).is_some() => {
                    return Err(format!("`{name}` must be a text."));
                }
                _ => {}
            }
        }
        Ok(fields)
    }

    async fn of_multipart(body: &SmallBody) -> Read<Self> {
        let broken = |_| "The multipart body cannot be read.".to_owned();
        let boundary = multer::parse_boundary(&body.content_type)
            .map_err(|_| "The Content-Type names no boundary.".to_owned())?;
        let bytes = body.bytes.clone();
        let body = stream::iter([Ok::<_, core::convert::Infallible>(bytes)]);
        let mut parts = multer::Multipart::new(body, boundary);
        let mut fields = Self::default();
        while let Some(part) = parts.next_field().await.map_err(broken)? {
            let name = part.name().unwrap_or_default().to_owned();
            let is_file = part.file_name().is_some();
            if is_file && fields.named(&name).is_some() {
                return Err(format!("`{name}` is a file; it must be a text."));
            }
            if !is_file {
                let text = part.text().await.map_err(broken)?;
                fields.enter(&name, text)?;
            }
        }
        Ok(fields)
    }

    /// Reads a body.
    pub(super) async fn of_body(body: &SmallBody) -> Read<Self> {
        match body.media_type.as_str() {
            "application/json" => Self::of_json(&body.bytes),
            "application/x-www-form-urlencoded" => Self::of_form(&body.bytes),
            "multipart/form-data" => Self::of_multipart(body).await,
            // Without a declared type, JSON and a form can still be told apart.
            "" if body.bytes.trim_ascii_start().starts_with(b"{") => Self::of_json(&body.bytes),
            "" => Self::of_form(&body.bytes),
            _ => Err(
                "The Content-Type must be application/x-www-form-urlencoded, \
                      multipart/form-data or application/json."
                    .to_owned(),
            ),
        }
    }
}

fn twice(name: &str) -> String {
    format!("`{name}` is there more than once.")
}

/// The members of a JSON object, also those that are there twice. Of these, a map would keep only the last (RFC 8259,
/// section 4).
struct Members(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(Object)
    }
}

struct Object;

impl<'de> Visitor<'de> for Object {
    type Value = Members;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Members(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;
    use proptest::prelude::*;

    fn read(content_type: &str, text: &[u8]) -> Read<Fields> {
        let body = SmallBody::of(content_type, text.to_vec().into());
        let read = Fields::of_body(&body).now_or_never();
        read.expect("nothing is waited for")
    }

    const MULTIPART: &str = "multipart/form-data; boundary=x";

    fn multipart(parts: &[(&str, &str)]) -> Vec<u8> {
        let mut text = String::new();
        for (head, value) in parts {
            text += &format!("--x\r\nContent-Disposition: form-data; {head}\r\n\r\n{value}\r\n");
        }
        (text + "--x--\r\n").into_bytes()
    }

    #[test]
    fn a_field_that_is_there_twice_is_refused_and_named() {
        let form = "application/x-www-form-urlencoded";
        let twice = read(form, b"secret=a&response=b&response=c").unwrap_err();
        assert!(twice.contains("`response`"), "{twice}");
        assert!(read(form, b"secret=a&remoteip=b&remoteip=c").is_ok());
        let json = "application/json";
        for second in [r#""c""#, "null"] {
            let text = format!(r#"{{"secret":"a","response":"b","response":{second}}}"#);
            let twice = read(json, text.as_bytes()).unwrap_err();
            assert!(twice.contains("`response`"), "{twice}");
        }
        assert!(read(json, br#"{"secret":"a","n":1,"n":2}"#).is_ok());
        let parts = [(r#"name="key""#, "a"), (r#"name="key""#, "b")];
        assert!(
            read(MULTIPART, &multipart(&parts))
                .unwrap_err()
                .contains("`key`")
        );
    }

    #[test]
    fn multipart_is_read_for_its_texts_alone() {
        let parts = [
            (r#"name="secret""#, "s"),
            (r#"name="attachment"; filename="a.bin""#, "ignored"),
            (r#"name="response""#, "k:12345"),
        ];
        let fields = read(MULTIPART, &multipart(&parts)).unwrap();
        assert_eq!(fields.secret.as_deref(), Some("s"));
        assert_eq!(fields.response.as_deref(), Some("k:12345"));
        let file = [(r#"name="response"; filename="a.txt""#, "k:12345")];
        assert!(
            read(MULTIPART, &multipart(&file))
                .unwrap_err()
                .contains("file")
        );
        assert!(read(MULTIPART, b"--x\r\nnonsense").is_err());
        assert!(read("multipart/form-data", &multipart(&parts)).is_err());
    }

    #[test]
    fn a_body_that_does_not_say_what_it_is_is_read_for_what_it_looks_like() {
        assert_eq!(
            read("", b" {\"secret\":\"s\"}").unwrap().secret.as_deref(),
            Some("s")
        );
        assert_eq!(read("", b"secret=s").unwrap().secret.as_deref(), Some("s"));
        let marked = b"\xef\xbb\xbf{\"secret\":\"s\"}";
        assert_eq!(
            read("application/json; charset=utf-8", marked)
                .unwrap()
                .secret
                .as_deref(),
            Some("s")
        );
        assert!(read("text/plain", b"secret=s").is_err());
        assert!(
            read("application/json", br#"{"answer":12345}"#)
                .unwrap_err()
                .contains("`answer`")
        );
    }

    #[test]
    fn the_fields_of_other_services_forms_are_seen() {
        for name in [
            "g-recaptcha-response",
            "cf-turnstile-response",
            "captcha-response",
            "token",
        ] {
            let fields = Fields::of_query(&format!("secret=s&{name}=x")).unwrap();
            assert!(fields.misnamed, "{name}");
        }
        assert!(!Fields::of_query("secret=s&remoteip=x").unwrap().misnamed);
    }

    proptest! {
        #[test]
        fn any_body_is_read_or_refused(text in prop::collection::vec(any::<u8>(), 0..300)) {
            for content_type in ["application/json", "application/x-www-form-urlencoded", MULTIPART, ""] {
                let _ = read(content_type, &text);
            }
        }

        #[test]
        fn a_form_reads_as_it_was_written(secret in "\\PC*", response in "\\PC*") {
            let text = form_urlencoded::Serializer::new(String::new())
                .append_pair("response", &response)
                .append_pair("secret", &secret)
                .finish();
            let fields = read("application/x-www-form-urlencoded", text.as_bytes()).unwrap();
            prop_assert_eq!(fields.secret, Some(secret));
            prop_assert_eq!(fields.response, Some(response));
        }
    }
}
