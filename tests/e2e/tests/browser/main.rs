//! Every end-to-end test, by area. One binary, so that the harness is linked once.

mod harness;
mod script_tag;
mod share;
mod site_pages;
mod whole_path;
