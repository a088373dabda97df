//! The text of an error with all its causes.

use core::{error::Error, iter};

/// An error and its causes; the innermost cause is the last.
pub fn with_causes(error: &(dyn Error + 'static)) -> String {
    let causes = iter::successors(Some(error), |error| (*error).source());
    let texts: Vec<_> = causes.map(ToString::to_string).collect();
    texts.join(": ")
}
