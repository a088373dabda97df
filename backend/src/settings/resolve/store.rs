//! The daily quota, and where its count is kept.

use crate::settings::{SettingsError, StoreChoice, args::ServeArgs, credential};

/// The quota without the margin that must stay unused.
pub(super) fn less_margin(quota: Option<u32>, margin: u32) -> Result<Option<u32>, SettingsError> {
    match quota.map(|quota| quota.checked_sub(margin)) {
        None if margin > 0 => Err(SettingsError::new(
            "SORI_QUOTA_MARGIN",
            "without SORI_DAILY_QUOTA there is nothing to keep a margin of",
        )),
        None => Ok(None),
        Some(Some(left)) if left >= 2 => Ok(Some(left)),
        Some(_) => Err(SettingsError::new(
            "SORI_QUOTA_MARGIN",
            format!("{margin} leaves fewer than the two calls that a challenge takes"),
        )),
    }
}

/// Where the count, the keys and the tokens are kept.
pub(super) fn store(args: &ServeArgs) -> Result<StoreChoice, SettingsError> {
    let (name, file) = ("SORI_STORE", args.store_file.as_deref());
    let store = credential::from_value_or_file(name, args.store.as_ref(), file)?;
    let text = match &store {
        None => return Ok(StoreChoice::Memory),
        Some(text) if text.expose() == "memory" => return Ok(StoreChoice::Memory),
        Some(text) => text.expose(),
    };
    let address = text
        .parse()
        .map_err(|form| SettingsError::new(name, form))?;
    if args.state_dir.is_some() {
        return Err(SettingsError::new(
            "SORI_STATE_DIR",
            "with a shared SORI_STORE all is kept there; give one of the two. `sori-backend import` takes the \
             day's count along",
        ));
    }
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"._-".contains(&b);
    let prefix = args.store_prefix.clone();
    if !(1..=32).contains(&prefix.len()) || !prefix.bytes().all(plain) {
        return Err(SettingsError::new(
            "SORI_STORE_PREFIX",
            "it must be 1 to 32 of A-Z a-z 0-9 . _ -",
        ));
    }
    Ok(StoreChoice::Shared { address, prefix })
}
