//! Secrets from the environment and from files, without the white space and quotes that editors, shells and `.env`
//! files leave around them.

use super::SettingsError;
use crate::secret::Secret;
use std::{fs::File, io::Read, path::Path};

const FILE_MAX_BYTES: u64 = 64 << 10;
const SHARED_MIN_BYTES: usize = 32;
/// A byte order mark, which some editors write in front of UTF-8.
const BOM: char = '\u{feff}';
const QUOTES: [char; 7] = ['"', '\'', '`', '“', '”', '‘', '’'];

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
            name,
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
    if text.len() > 1 && text.starts_with(QUOTES) && text.ends_with(QUOTES) {
        return refuse(
            "it stands in quotation marks, which are a shell's and no part of a secret; take them away",
        );
    }
    Ok(Secret::new(text))
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
    fn what_is_no_secret_is_refused_by_name_and_not_repeated() {
        let files: [(&[u8], &str); 10] = [
            (b"", "empty"),
            (b"\r\n", "empty"),
            (b"\"hush\"\n", "quotation marks"),
            (b"'hush'", "quotation marks"),
            ("“hush”".as_bytes(), "quotation marks"),
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
