//! Secrets from the environment and from files, without the white space and quotes that editors, shells and `.env`
//! files leave around them.

use super::SettingsError;
use crate::secret::Secret;
use std::{fs::File, io::Read, path::Path};

const FILE_MAX_BYTES: u64 = 64 << 10;
const SHARED_MIN_BYTES: usize = 32;
/// A byte order mark, which some editors write in front of UTF-8.
const BOM: char = '\u{feff}';
/// Zero-width space, non-joiner and joiner, word joiner, and a byte order mark in the middle.
const INVISIBLE: [char; 5] = ['\u{200b}', '\u{200c}', '\u{200d}', '\u{2060}', BOM];
const QUOTES: [char; 7] = ['"', '\'', '`', '“', '”', '‘', '’'];

/// The name of the setting that holds a value: `NAME`, or `NAME_FILE`.
pub(super) fn source(name: &str, value: Option<&Secret>) -> String {
    match value {
        Some(_) => name.to_owned(),
        None => format!("{name}_FILE"),
    }
}

/// The secret from a variable or flag, or from the file that another one names.
pub(super) fn from_value_or_file(
    name: &str,
    value: Option<&Secret>,
    file: Option<&Path>,
) -> Result<Option<Secret>, SettingsError> {
    match (value, file) {
        (None, None) => Ok(None),
        (Some(_), Some(_)) => {
            let problem = format!("{name}_FILE is given too; give one of the two");
            Err(SettingsError::new(name, problem))
        }
        (Some(secret), None) => clean(name, secret.expose()).map(Some),
        (None, Some(file)) => from_file(&format!("{name}_FILE"), file).map(Some),
    }
}

/// A secret that the site and the backend share, which has to be long.
pub(super) fn shared(
    name: &str,
    value: Option<&Secret>,
    file: Option<&Path>,
) -> Result<Option<Secret>, SettingsError> {
    let secret = from_value_or_file(name, value, file)?;
    match &secret {
        Some(secret) if secret.expose().len() < SHARED_MIN_BYTES => Err(SettingsError::new(
            &source(name, value),
            format!(
                "it has {} bytes and needs at least {SHARED_MIN_BYTES} (for example: openssl rand -hex 32)",
                secret.expose().len()
            ),
        )),
        _ => Ok(secret),
    }
}

/// The secret in a file, without white space around it and without a byte order mark.
pub(crate) fn from_file(setting: &str, file: &Path) -> Result<Secret, SettingsError> {
    let refuse =
        |problem: String| SettingsError::new(setting, format!("{}: {problem}", file.display()));
    let mut bytes = Vec::new();
    File::open(file)
        .and_then(|opened| opened.take(FILE_MAX_BYTES + 1).read_to_end(&mut bytes))
        .map_err(|error| SettingsError::because(setting, file.display(), error))?;
    if bytes.len() as u64 > FILE_MAX_BYTES {
        return Err(refuse("it is too long for a secret".into()));
    }
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(refuse("it is UTF-16; save it as UTF-8".into()));
    }
    let text = String::from_utf8(bytes).map_err(|_| refuse("it is no UTF-8 text".into()))?;
    clean(setting, &text)
}

fn clean(setting: &str, text: &str) -> Result<Secret, SettingsError> {
    let refuse = |problem: &str| Err(SettingsError::new(setting, problem));
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == BOM || c == '\0');
    if text.is_empty() {
        return refuse("it is empty");
    }
    if text.contains(['\n', '\r']) {
        return refuse("it holds more than one line");
    }
    if text.chars().any(char::is_control) {
        return refuse("it holds control characters");
    }
    match wrapping(text) {
        Some(problem) => refuse(problem),
        None => Ok(Secret::new(text)),
    }
}

/// What is around a secret, or inside it, and can be no part of it.
fn wrapping(text: &str) -> Option<&'static str> {
    let assigns = text
        .strip_prefix("export ")
        .unwrap_or(text)
        .split_once('=')
        .is_some_and(|(name, _)| name.trim_end().starts_with("SORI_"));
    let within = |open: char, close: char| text.starts_with(open) && text.ends_with(close);
    if assigns {
        Some("it begins with the name of a setting and `=`; give the value alone")
    } else if text.starts_with("${") || text.starts_with("$(") {
        Some("it begins with `${` or `$(`, so nothing has put the value in its place")
    } else if within('{', '}') {
        Some("it stands in braces, as JSON or a template does; give the value alone")
    } else if within('<', '>') {
        Some("it stands in angle brackets, as a placeholder does; give the value alone")
    } else if text.starts_with(QUOTES) && text.ends_with(QUOTES) {
        Some(
            "it stands in quotation marks, which are a shell's and no part of a secret; take them away",
        )
    } else if text.starts_with(QUOTES) || text.ends_with(QUOTES) {
        Some("it has a quotation mark at one end, so a part may be missing")
    } else if text.contains(INVISIBLE) {
        Some(
            "it holds characters that nobody sees (zero width); type it, or copy it from another place",
        )
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(bytes: &[u8]) -> Result<String, String> {
        let mut file = std::env::temp_dir();
        file.push(format!("sori-credential-{:016x}", rand::random::<u64>()));
        std::fs::write(&file, bytes).unwrap();
        let secret = from_file("SORI_CLIENT_SECRET_FILE", &file);
        std::fs::remove_file(&file).unwrap();
        secret
            .map(|secret| secret.expose().to_owned())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn what_editors_leave_around_a_secret_is_no_part_of_it() {
        for file in [
            "hush",
            "hush\n",
            "hush\r\n",
            "\u{feff}hush\r\n",
            " hush \t\n\n",
            "\nhush",
            "hush\u{a0}",
            "hush\0",
        ] {
            assert_eq!(read(file.as_bytes()).unwrap(), "hush", "{file:?}");
        }
    }

    #[test]
    fn punctuation_within_a_secret_is_a_part_of_it() {
        for secret in ["{hush", "hush>", "a=b", "hu\"sh", "$hush", "aHVzaA=="] {
            assert_eq!(read(secret.as_bytes()).unwrap(), secret);
        }
    }

    #[test]
    fn what_is_no_secret_is_refused_by_name_and_not_repeated() {
        let files: [(&[u8], &str); 20] = [
            (b"", "empty"),
            (b"\r\n", "empty"),
            (b"\"hush\"\n", "quotation marks"),
            (b"'hush'", "quotation marks"),
            ("“hush”".as_bytes(), "quotation marks"),
            (b"SORI_CLIENT_SECRET=hush", "name of a setting"),
            (b"export SORI_CLIENT_SECRET=hush", "name of a setting"),
            (b"${hush}", "${"),
            (b"{\"secret\":\"hush\"}", "braces"),
            (b"{{ hush }}", "braces"),
            (b"<hush>", "angle brackets"),
            (b"\"hush", "at one end"),
            (b"hush'", "at one end"),
            ("hush\u{200b}".as_bytes(), "zero width"),
            ("hu\u{2060}sh".as_bytes(), "zero width"),
            (b"hush\nhush", "more than one line"),
            (b"hush\x07hush", "control characters"),
            (b"\xff\xfeh\0u\0", "UTF-16"),
            (b"h\xff\xffush", "UTF-8"),
            (&[b'h'; 70_000], "too long"),
        ];
        for (bytes, part) in files {
            let refused = read(bytes).unwrap_err();
            assert!(
                refused.starts_with("SORI_CLIENT_SECRET_FILE: "),
                "{refused}"
            );
            assert!(refused.contains(part), "{part}: {refused}");
            assert!(!refused.contains("hush"), "{refused}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC*") {
            if let Ok(secret) = clean("NAME", &text) {
                prop_assert!(text.contains(secret.expose()));
            }
        }
    }
}
