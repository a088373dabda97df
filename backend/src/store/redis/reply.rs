//! The replies of the scripts.

use crate::{
    book::{Usage, Verdict},
    clock::Moment,
    store::Unavailable,
};
use redis::Value;

/// The words of a reply, read one after the other.
pub(super) struct Words(std::vec::IntoIter<Value>);

impl Words {
    pub(super) fn of(value: Value) -> Result<Self, Unavailable> {
        match value {
            Value::Array(words) => Ok(Self(words.into_iter())),
            _ => Err(unexpected()),
        }
    }

    pub(super) fn text(&mut self) -> Result<String, Unavailable> {
        let word = self.0.next().ok_or_else(unexpected)?;
        redis::from_redis_value(word).map_err(|_| unexpected())
    }

    pub(super) fn number(&mut self) -> Result<i64, Unavailable> {
        let word = self.0.next().ok_or_else(unexpected)?;
        redis::from_redis_value(word).map_err(|_| unexpected())
    }

    pub(super) fn count(&mut self) -> Result<u32, Unavailable> {
        u32::try_from(self.number()?).map_err(|_| unexpected())
    }

    pub(super) fn millis(&mut self) -> Result<u64, Unavailable> {
        u64::try_from(self.number()?).map_err(|_| unexpected())
    }

    pub(super) fn moment(&mut self) -> Result<Moment, Unavailable> {
        self.millis().map(Moment::from_millis)
    }

    pub(super) fn verdict(&mut self) -> Result<Verdict, Unavailable> {
        match self.text()?.as_str() {
            "r" => Ok(Verdict::Right),
            "w" => Ok(Verdict::Wrong),
            "g" => Ok(Verdict::KeyGone),
            "l" => Ok(Verdict::Lost),
            _ => Err(unexpected()),
        }
    }
}

/// The letter that stands for a verdict in the store.
pub(super) fn letter(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Right => "r",
        Verdict::Wrong => "w",
        Verdict::KeyGone => "g",
        Verdict::Lost => "l",
    }
}

/// The state of the ledger, from the beginning of every reply of a script that uses it.
#[derive(Clone, Debug)]
pub(super) struct Ledger {
    pub(super) id: String,
    pub(super) day: u64,
    pub(super) spent: u32,
    pub(super) reserved: u32,
    pub(super) closed: Option<Moment>,
    pub(super) now: Moment,
    /// The server's own time, even if a test gives another.
    pub(super) clock: u64,
}

impl Ledger {
    pub(super) fn read(words: &mut Words) -> Result<Self, Unavailable> {
        Ok(Self {
            id: words.text()?,
            day: words.millis()?,
            spent: words.count()?,
            reserved: words.count()?,
            closed: match words.number()? {
                -1 => None,
                at => Some(Moment::from_millis(
                    u64::try_from(at).map_err(|_| unexpected())?,
                )),
            },
            now: words.moment()?,
            clock: words.millis()?,
        })
    }

    pub(super) fn usage(&self, quota: Option<u32>) -> Usage {
        Usage {
            quota,
            spent: self.spent,
            reserved: self.reserved,
            closed: self.closed.is_some(),
        }
    }
}

pub(super) fn unexpected() -> Unavailable {
    Unavailable::new("a script's answer cannot be read: is another version of it in use?")
}
