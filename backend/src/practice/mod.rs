//! An emulator of the documented upstream, for practice and tests.
