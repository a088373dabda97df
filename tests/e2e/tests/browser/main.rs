//! Every end-to-end test, by area. One binary, so that the harness is linked once.

mod common;
mod composition;
mod demo;
mod expiry;
mod faults;
mod form;
mod harness;
mod history;
mod keys;
mod lifecycle;
mod look;
mod mounting;
mod old_browsers;
mod pauses;
mod policy;
mod quota;
mod robust;
mod script_tag;
mod share;
mod site_pages;
mod sound;
mod speech;
mod storage;
mod whole_path;
