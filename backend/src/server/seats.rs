//! Which connections are open: as many as there is room for, and not too many from one address.

use super::{Bounds, phase::Phase};
use crate::{metrics::Traffic, settings::is_private};
use ipnet::IpNet;
use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How many connections may still be closing while those that take their places are open.
pub(super) const CLOSING: usize = 16;

/// The room for connections.
#[derive(Debug)]
pub(super) struct Seats {
    most: usize,
    most_of_peer: usize,
    proxies: Vec<IpNet>,
    private_only: bool,
    traffic: Traffic,
    taken: Mutex<Taken>,
    files: Arc<Semaphore>,
}

#[derive(Debug, Default)]
struct Taken {
    next: u64,
    by: HashMap<u64, (IpAddr, Arc<Phase>)>,
    of_peer: HashMap<IpAddr, usize>,
}

/// One connection's place, which is free again when this is dropped.
#[derive(Debug)]
pub(super) struct Seat {
    seats: Arc<Seats>,
    id: u64,
    phase: Arc<Phase>,
    _file: OwnedSemaphorePermit,
}

impl Seats {
    pub(super) fn new(bounds: &Bounds) -> Self {
        let files = bounds.connections.saturating_add(CLOSING);
        Self {
            most: bounds.connections,
            most_of_peer: bounds.peer_connections,
            proxies: bounds.proxies.clone(),
            private_only: bounds.private_only,
            traffic: bounds.traffic.clone(),
            taken: Mutex::default(),
            files: Arc::new(Semaphore::new(files.min(Semaphore::MAX_PERMITS))),
        }
    }

    /// Waits until an open file is free for one more connection. A connection that must leave gives up its place at
    /// once and its file a little later. Without this wait, a flood would be accepted faster than files are closed.
    pub(super) async fn file(&self) -> OwnedSemaphorePermit {
        let file = Arc::clone(&self.files).acquire_owned().await;
        file.expect("the semaphore is never closed")
    }

    /// A place for a connection of `peer`. If none is free, a connection that waits for no reply is closed: one of
    /// the same address if that address has too many, otherwise the one that has waited longest.
    pub(super) fn take(self: &Arc<Self>, peer: IpAddr, file: OwnedSemaphorePermit) -> Option<Seat> {
        if self.private_only && !is_private(peer) {
            return None;
        }
        let mut taken = self.taken();
        let has = taken.of_peer.get(&peer).copied().unwrap_or(0);
        let is_proxy = self.proxies.iter().any(|net| net.contains(&peer));
        if has >= self.most_of_peer && !is_proxy {
            self.evict(&mut taken, |other| other == peer)?;
        } else if taken.by.len() >= self.most {
            self.evict(&mut taken, |_| true)?;
        }
        let (id, phase) = (taken.next, Arc::new(Phase::new()));
        taken.next += 1;
        taken.by.insert(id, (peer, Arc::clone(&phase)));
        *taken.of_peer.entry(peer).or_default() += 1;
        self.traffic.connections.inc();
        drop(taken);
        Some(Seat {
            seats: Arc::clone(self),
            id,
            phase,
            _file: file,
        })
    }

    /// Closes the connection that has waited longest, if there is one.
    pub(super) fn free_one(&self) {
        self.evict(&mut self.taken(), |_| true);
    }

    /// The place is free at once; the connection closes soon after.
    fn evict(&self, taken: &mut Taken, of: impl Fn(IpAddr) -> bool) -> Option<()> {
        let waiting = taken.by.iter().filter_map(|(id, (peer, phase))| {
            let since = phase.waiting_since().filter(|_| of(*peer))?;
            Some((since, *id))
        });
        let (_, id) = waiting.min()?;
        let (_, phase) = taken.by.get(&id)?;
        phase.evict();
        taken.leave(id);
        self.traffic.evicted.inc();
        self.traffic.connections.dec();
        Some(())
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Taken {
    /// Returns whether it was there.
    fn leave(&mut self, id: u64) -> bool {
        let Some((peer, _)) = self.by.remove(&id) else {
            return false;
        };
        if let Some(has) = self.of_peer.get_mut(&peer) {
            *has -= 1;
            if *has == 0 {
                self.of_peer.remove(&peer);
            }
        }
        true
    }
}

impl Seat {
    pub(super) fn phase(&self) -> Arc<Phase> {
        Arc::clone(&self.phase)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        if self.seats.taken().leave(self.id) {
            self.seats.traffic.connections.dec();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Seats {
        fn take_at_once(self: &Arc<Self>, peer: IpAddr) -> Option<Seat> {
            let file = Arc::clone(&self.files).try_acquire_owned().unwrap();
            self.take(peer, file)
        }
    }

    #[test]
    fn a_client_with_a_public_address_is_turned_away_where_only_private_ones_are_served() {
        let seats = Arc::new(Seats::new(&Bounds {
            private_only: true,
            ..Bounds::default()
        }));
        for public in ["203.0.113.7", "2001:db8::1", "::ffff:203.0.113.7"] {
            let public: IpAddr = public.parse().unwrap();
            assert!(
                seats.take_at_once(public.to_canonical()).is_none(),
                "{public}"
            );
        }
        for private in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.0.9",
            "fd00::1",
            "::1",
        ] {
            assert!(
                seats.take_at_once(private.parse().unwrap()).is_some(),
                "{private}"
            );
        }
    }

    #[test]
    fn a_place_is_free_again_once_and_a_proxy_has_no_share() {
        let traffic = Traffic::default();
        let seats = Arc::new(Seats::new(&Bounds {
            connections: 3,
            peer_connections: 1,
            proxies: vec!["10.0.0.0/8".parse().unwrap()],
            traffic: traffic.clone(),
            ..Bounds::default()
        }));
        let proxy: IpAddr = "10.0.0.1".parse().unwrap();
        let mut kept: Vec<_> = (0..3).map(|_| seats.take_at_once(proxy).unwrap()).collect();
        assert_eq!(traffic.connections.get(), 3);
        // A connection that waits for a reply is never closed.
        for seat in &kept {
            seat.phase().called();
        }
        assert!(seats.take_at_once(proxy).is_none());
        kept[1].phase().answered();
        kept[1].phase().flushed();
        kept.push(seats.take_at_once(proxy).unwrap());
        assert!(kept[1].phase().is_leaving());
        assert_eq!((traffic.connections.get(), traffic.evicted.get()), (3, 1));
        drop(kept);
        assert_eq!(traffic.connections.get(), 0);
        assert!(seats.taken().of_peer.is_empty());
    }
}
