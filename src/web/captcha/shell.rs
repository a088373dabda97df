//! What Rust asks the shell to do: the methods of the class `Shell` in `shell.js`.

use wasm_bindgen::prelude::*;
use web_sys::{FormData, Response};

use crate::{
    captcha::{
        event::{Signal, Timer},
        form::Flaw,
        message::{Message, Name, SiteText, Words},
        part::{Description, Flag, Part},
        state::StateName,
        view::{FLAGS, Progress, Said, TEXTS, View},
    },
    config::Attribute,
};

#[wasm_bindgen]
extern "C" {
    /// The browser's part of one element.
    #[derive(Clone, Debug)]
    pub type Shell;

    /// The value of an attribute of the element. An attribute without a value has the empty text.
    #[wasm_bindgen(method)]
    pub(super) fn attribute(this: &Shell, name: Attribute) -> Option<String>;

    /// Tells the developer of a value that was not understood.
    #[wasm_bindgen(method)]
    pub(super) fn warn(this: &Shell, attribute: Attribute, value: &str, expected: &str);

    #[wasm_bindgen(method, js_name = paintState)]
    fn paint_state(this: &Shell, state: StateName);

    /// What makes the element invalid, and the message about it: our own, or else the site's text. Without a flaw the
    /// element is valid.
    #[wasm_bindgen(method, js_name = paintValidity)]
    fn paint_validity(
        this: &Shell,
        flaw: Option<Flaw>,
        message: Option<Message>,
        site: Option<SiteText>,
    );

    /// Which text a placeholder stands for.
    #[wasm_bindgen(method, js_name = paintName)]
    fn paint_name(this: &Shell, name: Name, message: Message);

    /// What the form gets; `None` if it gets nothing.
    #[wasm_bindgen(method, js_name = paintFields)]
    fn paint_fields(this: &Shell, data: Option<FormData>);

    #[wasm_bindgen(method, js_name = paintDescription)]
    fn paint_description(this: &Shell, description: Description);

    /// What a part says: a message with its number, or nothing.
    #[wasm_bindgen(method, js_name = paintText)]
    fn paint_text(this: &Shell, part: Part, message: Option<Message>, number: u32, again: bool);

    /// A part says a text of the site.
    #[wasm_bindgen(method, js_name = paintSiteText)]
    fn paint_site_text(this: &Shell, part: Part, text: SiteText, again: bool);

    #[wasm_bindgen(method, js_name = paintFlag)]
    fn paint_flag(this: &Shell, part: Part, flag: Flag, holds: bool);

    /// The volume is in percent.
    #[wasm_bindgen(method, js_name = paintVolume)]
    fn paint_volume(this: &Shell, percent: u32);

    /// `elapsed` and `length` are in s.
    #[wasm_bindgen(method, js_name = paintProgress)]
    fn paint_progress(this: &Shell, progress: Progress, elapsed: u32, length: u32);

    #[wasm_bindgen(method, js_name = requestKey)]
    pub(super) fn request_key(this: &Shell, generation: u32, timeout: u32, url: &str);

    #[wasm_bindgen(method, js_name = fetchAudio)]
    pub(super) fn fetch_audio(this: &Shell, generation: u32, timeout: u32, url: &str);

    #[wasm_bindgen(method)]
    pub(super) fn verify(
        this: &Shell,
        generation: u32,
        timeout: u32,
        url: &str,
        key: &str,
        answer: &str,
    );

    /// The reply to the request that was sent last; `None` if there was no reply. Only the shell can find out why.
    #[wasm_bindgen(method)]
    pub(super) fn answered(this: &Shell, response: Option<Response>);

    #[wasm_bindgen(method)]
    pub(super) fn abort(this: &Shell);

    #[wasm_bindgen(method, js_name = leadIn)]
    pub(super) fn lead_in(this: &Shell, ms: u32);

    #[wasm_bindgen(method)]
    pub(super) fn adopt(this: &Shell);

    #[wasm_bindgen(method)]
    pub(super) fn start(this: &Shell, at: u32);

    #[wasm_bindgen(method)]
    pub(super) fn pause(this: &Shell);

    #[wasm_bindgen(method)]
    pub(super) fn seek(this: &Shell, at: u32);

    #[wasm_bindgen(method)]
    pub(super) fn tune(this: &Shell, rate: u32, volume: u32);

    #[wasm_bindgen(method)]
    pub(super) fn remember(this: &Shell, rate: u32, volume: u32);

    #[wasm_bindgen(method)]
    pub(super) fn unload(this: &Shell);

    #[wasm_bindgen(method, js_name = clearAnswer)]
    pub(super) fn clear_answer(this: &Shell);

    #[wasm_bindgen(method, js_name = pressDefaultButton)]
    pub(super) fn press_default_button(this: &Shell);

    /// Replaces the media element: the next sound gets a new one.
    #[wasm_bindgen(method, js_name = replaceAudio)]
    pub(super) fn replace_audio(this: &Shell);

    #[wasm_bindgen(method, js_name = focusConsent)]
    pub(super) fn focus_consent(this: &Shell);

    #[wasm_bindgen(method, js_name = focusAnswer)]
    pub(super) fn focus_answer(this: &Shell);

    #[wasm_bindgen(method)]
    pub(super) fn emit(this: &Shell, signal: Signal, detail: &JsValue);

    #[wasm_bindgen(method, js_name = startTimer)]
    pub(super) fn start_timer(this: &Shell, timer: Timer, ms: u32);

    #[wasm_bindgen(method, js_name = stopTimer)]
    pub(super) fn stop_timer(this: &Shell, timer: Timer);
}

/// Paints what differs from what was painted before.
pub(super) fn paint(shell: &Shell, before: Option<&View>, view: &View) {
    for (at, name) in Name::ALL.iter().enumerate() {
        if before.is_none_or(|before| before.names[at] != view.names[at]) {
            shell.paint_name(*name, view.names[at]);
        }
    }
    for (at, (part, flag)) in FLAGS.into_iter().enumerate() {
        if before.is_none_or(|before| before.flags[at] != view.flags[at]) {
            shell.paint_flag(part, flag, view.flags[at]);
        }
    }
    for (at, part) in TEXTS.into_iter().enumerate() {
        if before.is_none_or(|before| before.texts[at] != view.texts[at]) {
            paint_said(shell, part, view.texts[at]);
        }
    }
    if before.is_none_or(|before| before.description != view.description) {
        shell.paint_description(view.description);
    }
    if before.is_none_or(|before| before.volume != view.volume) {
        shell.paint_volume(view.volume);
    }
    if before.is_none_or(|before| before.progress != view.progress) {
        let (progress, elapsed, length) = view.progress;
        shell.paint_progress(progress, elapsed, length);
    }
    if before.is_none_or(|before| before.state != view.state) {
        shell.paint_state(view.state);
    }
    if before.is_none_or(|before| before.flaw != view.flaw) {
        let (flaw, words) = view.flaw.unzip();
        let (ours, site) = match words {
            Some(Words::Ours(text)) => (Some(text.message), None),
            Some(Words::Site(text)) => (None, Some(text)),
            None => (None, None),
        };
        shell.paint_validity(flaw, ours, site);
    }
    if before.is_none_or(|before| before.fields != view.fields) {
        shell.paint_fields(fields(view));
    }
}

fn paint_said(shell: &Shell, part: Part, said: Option<Said>) {
    match said {
        None => shell.paint_text(part, None, 0, false),
        Some(Said {
            words: Words::Ours(text),
            again,
        }) => shell.paint_text(part, Some(text.message), text.number, again),
        Some(Said {
            words: Words::Site(text),
            again,
        }) => shell.paint_site_text(part, text, again),
    }
}

fn fields(view: &View) -> Option<FormData> {
    if view.fields.is_empty() {
        return None;
    }
    let data = FormData::new().ok()?;
    for (name, value) in &view.fields {
        data.append_with_str(name, value).ok()?;
    }
    Some(data)
}
