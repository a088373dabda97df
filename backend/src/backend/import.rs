//! The change from one instance to several.

use super::{
    StartError,
    access::{access, binding},
    limits, policy,
};
use crate::{
    clock::Clock,
    journal::Place,
    settings::{Settings, StoreChoice},
    store::{
        Memory, Redis,
        redis::{self, StoreError},
    },
};
use std::path::PathBuf;

/// Copies today's number of calls from the journal in `dir` to the shared store in `settings`.
///
/// # Errors
/// If the journal is in use or cannot be read, or the store cannot be used.
pub async fn import(settings: &Settings, dir: PathBuf) -> Result<String, StartError> {
    let StoreChoice::Shared { address, prefix } = &settings.store else {
        return Err(StartError::Store(StoreError::Missing));
    };
    let clock = Clock::system();
    let (access, _practice) = access(&settings.upstream, &clock).await?;
    let binding = binding(&access);
    let place = Place { dir, binding };
    let memory = Memory::open(
        policy(settings),
        limits(settings),
        clock.clone(),
        Some(place),
    );
    let spent = memory.map_err(StartError::Journal)?.usage().spent;
    let place = redis::Place {
        address: address.clone(),
        prefix: prefix.clone(),
        account: binding,
    };
    let timeout = settings.upstream_timeout;
    let store = Redis::open(&place, policy(settings), limits(settings), timeout).await;
    let store = store.map_err(StartError::Store)?;
    let today = clock.now().korean_day();
    let imported = store.import(today, spent).await;
    match imported.map_err(|error| StartError::Store(error.into()))? {
        true => Ok(format!("{spent} calls of today are spent in {address} too")),
        false => Ok(format!(
            "in {address} it is another day; nothing was taken over"
        )),
    }
}
