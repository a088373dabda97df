//! The entry point of the share button, and what Rust asks of its shell (`share/shell.js`).

use alloc::string::String;

use wasm_bindgen::prelude::*;

use crate::share::{
    act::{Action, Reaction, Session, ShareEvent, Signal, event},
    button::Button,
    facts::{Extra, Fact, Facts},
    view::{View, view},
};

#[wasm_bindgen]
extern "C" {
    /// The browser's part of one button.
    pub type ShareShell;

    /// A text of the page or the element; empty if there is none.
    #[wasm_bindgen(method)]
    fn fact(this: &ShareShell, name: Fact) -> String;

    #[wasm_bindgen(method, js_name = asksFor)]
    fn asks_for(this: &ShareShell, extra: Extra) -> bool;

    /// What the button remembers between events: at first 0.
    #[wasm_bindgen(method, getter)]
    fn session(this: &ShareShell) -> u8;

    #[wasm_bindgen(method, setter)]
    fn set_session(this: &ShareShell, session: u8);

    /// An empty text hides its part. Without `href` the link is disabled and `explanation` says why.
    #[wasm_bindgen(method)]
    fn paint(
        this: &ShareShell,
        look: &str,
        language: &str,
        href: &str,
        caption: &str,
        hint: &str,
        sheet: &str,
        copy: &str,
        address: &str,
        address_label: &str,
        explanation: &str,
    );

    /// Tells the developer what is wrong.
    #[wasm_bindgen(method)]
    fn warn(this: &ShareShell, at_fault: &str, fault: &str);

    /// An empty text removes the last one.
    #[wasm_bindgen(method)]
    fn announce(this: &ShareShell, text: &str);

    #[wasm_bindgen(method, js_name = emitShared)]
    fn emit_shared(this: &ShareShell, kind: &str, via: &str, url: &str, title: &str);

    #[wasm_bindgen(method, js_name = emitError)]
    fn emit_error(this: &ShareShell, code: &str, retryable: bool, via: &str);

    /// `size` is `WIDTHxHEIGHT`. Returns whether a window opened.
    #[wasm_bindgen(method, js_name = openPopup)]
    fn open_popup(this: &ShareShell, url: &str, size: &str) -> bool;

    #[wasm_bindgen(method, js_name = copyUrl)]
    fn copy_url(this: &ShareShell, url: &str);

    #[wasm_bindgen(method, js_name = openSheet)]
    fn open_sheet(this: &ShareShell, url: &str, title: &str);
}

/// Takes an event and does what follows from it. Returns whether the browser's own action for the event is prevented.
#[wasm_bindgen]
pub fn share(shell: &ShareShell, event: event::ShareEvent) -> bool {
    let texts = Fact::ALL.map(|fact| shell.fact(fact));
    let facts = Facts::read(|fact| &*texts[fact as usize], |extra| shell.asks_for(extra));
    let button = Button::read(&facts);
    for warning in button.warnings.iter().flatten() {
        shell.warn(warning.at_fault, warning.fault);
    }
    let mut event = button.meaning_of(event.into());
    loop {
        // The page may have pressed the button while it handled the last event.
        let mut session = Session::from_bits(shell.session());
        let reaction = session.step(event, button.target.is_ok());
        shell.set_session(session.bits());
        shell.show(&view(&button, session));
        event = match shell.perform(&button, reaction) {
            Next::Event(next) => next,
            Next::Done { prevented } => return prevented,
        };
    }
}

enum Next {
    Event(ShareEvent),
    Done { prevented: bool },
}

impl ShareShell {
    fn show(&self, view: &View<'_>) {
        self.paint(
            view.look.letter(),
            view.locale.tag(),
            view.href,
            view.caption,
            view.hint,
            view.sheet,
            view.copy,
            view.address,
            view.address_label,
            view.explanation,
        );
    }

    fn perform(&self, button: &Button<'_>, reaction: Reaction) -> Next {
        let (url, title, link) = match &button.target {
            Ok(target) => (&*target.url, target.title, &*target.link),
            Err(_) => ("", "", ""),
        };
        if let Some(message) = reaction.say {
            self.announce(button.texts().message(message));
        }
        match reaction.signal {
            None => {}
            Some(Signal {
                kind,
                via,
                code: None,
            }) => self.emit_shared(kind, via, url, title),
            Some(Signal {
                via,
                code: Some(code),
                ..
            }) => {
                self.emit_error(code.as_str(), code.is_retryable(), via);
            }
        }
        match reaction.action {
            Some(Action::OpenWindow) => {
                let size = button.settings.popup.unwrap_or_default();
                return Next::Event(if self.open_popup(link, size) {
                    ShareEvent::WindowOpened
                } else {
                    ShareEvent::WindowBlocked
                });
            }
            Some(Action::FollowLink) => return Next::Event(ShareEvent::Link),
            Some(Action::CopyUrl) => self.copy_url(url),
            Some(Action::OpenSheet) => self.open_sheet(url, title),
            Some(Action::Stay) | None => {}
        }
        Next::Done {
            prevented: reaction.action == Some(Action::Stay),
        }
    }
}
