//! Drives real browsers over WebDriver.
