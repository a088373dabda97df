//! The scripts; each is one atomic step. Redis caches scripts by their hash. If a server has lost one, it is sent
//! again.

use redis::Script;

macro_rules! script {
    ($($part:literal),*) => {
        Script::new(concat!($(include_str!(concat!("lua/", $part, ".lua"))),*))
    };
}

#[derive(Debug)]
pub(super) struct Scripts {
    pub(super) admit: Script,
    pub(super) issue: Script,
    pub(super) claim: Script,
    pub(super) over: Script,
    pub(super) close: Script,
    pub(super) open: Script,
    pub(super) status: Script,
    pub(super) import: Script,
    pub(super) audio: Script,
    pub(super) audio_failed: Script,
    pub(super) hear: Script,
    pub(super) grant: Script,
    pub(super) redeem: Script,
}

impl Default for Scripts {
    fn default() -> Self {
        Self {
            admit: script!("time", "ledger", "order", "admit"),
            issue: script!("time", "ledger", "order", "issue"),
            claim: script!("time", "ledger", "claim"),
            over: script!("time", "ledger", "over"),
            close: script!("time", "ledger", "close"),
            open: script!("time", "ledger", "open"),
            status: script!("time", "ledger", "status"),
            import: script!("time", "ledger", "import"),
            audio: script!("time", "audio"),
            audio_failed: script!("time", "audio_failed"),
            hear: script!("time", "hear"),
            grant: script!("time", "grant"),
            redeem: script!("time", "redeem"),
        }
    }
}
