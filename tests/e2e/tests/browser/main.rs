//! Every end-to-end test, by area. One binary, so that the harness is linked once.

mod common;
mod demo_form;
mod faults;
mod form;
mod harness;
mod keys;
mod lifecycle;
mod look;
mod quota;
mod robust;
mod script_tag;
mod share;
mod site_pages;
mod speech;
mod whole_path;
