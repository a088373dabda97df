//! The audio that is being fetched.

use super::problem::Problem;
use crate::secret::Fingerprint;
use axum::body::Bytes;
use core::{fmt, future::Future};
use futures_util::{
    FutureExt,
    future::{BoxFuture, Shared},
};
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

type Fetch = Shared<BoxFuture<'static, Result<Bytes, Problem>>>;

/// One fetch for each key, even if several requests wait for it.
#[derive(Default)]
pub(crate) struct Fetches(Mutex<HashMap<Fingerprint, Fetch>>);

impl Fetches {
    /// The fetch of this key that is under way. If there is none, `begin` starts one.
    pub(super) fn join<F>(&self, key: Fingerprint, begin: impl FnOnce() -> F) -> Fetch
    where
        F: Future<Output = Result<Bytes, Problem>> + Send + 'static,
    {
        let mut under_way = self.under_way();
        match under_way.get(&key) {
            // A fetch that has ended is not used again, because it may have failed.
            Some(fetch) if fetch.peek().is_none() => fetch.clone(),
            _ => {
                let fetch = begin().boxed().shared();
                under_way.insert(key, fetch.clone());
                fetch
            }
        }
    }

    /// Forgets a fetch that has ended, and its audio.
    pub(super) fn forget(&self, key: Fingerprint) {
        let mut under_way = self.under_way();
        if under_way
            .get(&key)
            .is_some_and(|fetch| fetch.peek().is_some())
        {
            under_way.remove(&key);
        }
    }

    fn under_way(&self) -> MutexGuard<'_, HashMap<Fingerprint, Fetch>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Fetches {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Fetches")
            .field(&self.under_way().len())
            .finish()
    }
}
