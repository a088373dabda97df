//! The connected elements, by number.

use std::cell::RefCell;

use super::{
    details,
    request::Sending,
    shell::{Shell, paint},
};
use crate::{
    captcha::{
        answer,
        event::{Effect, Event},
        state::Captcha,
        step::step,
        view::View,
        wav::Scanner,
    },
    config::Config,
};

/// A connected element.
pub(super) struct Element {
    pub(super) captcha: Captcha,
    /// The browser's part of the element. It holds the DOM element, and knows this entry only by its number, so there
    /// is no reference cycle.
    shell: Shell,
    /// The view that was painted last.
    painted: Option<View>,
    /// Scans the audio that is being fetched; `scanned` is the number of bytes so far.
    pub(super) scanner: Scanner,
    pub(super) scanned: usize,
    /// The latest request, while it is under way.
    pub(super) sending: Option<Sending>,
}

thread_local! {
    static ELEMENTS: RefCell<Vec<Option<Box<Element>>>> = const { RefCell::new(Vec::new()) };
}

/// Calls `act` with a connected element; does nothing if no element has this number. `act` must not call anything that
/// leads back here, because the elements are borrowed meanwhile.
pub(super) fn with<T>(id: u32, act: impl FnOnce(&mut Element) -> T) -> Option<T> {
    ELEMENTS.with_borrow_mut(|elements| elements.get_mut(id as usize)?.as_deref_mut().map(act))
}

pub(super) fn add(shell: Shell, answer: String, consented: bool, disabled: bool) -> u32 {
    let mut captcha = Captcha::new(Config::default(), disabled, answer);
    captcha.consented = consented;
    let element = Some(Box::new(Element {
        captcha,
        shell,
        painted: None,
        scanner: Scanner::default(),
        scanned: 0,
        sending: None,
    }));
    ELEMENTS.with_borrow_mut(|elements| {
        let free = elements.iter_mut().position(|it| it.is_none());
        let id = free.unwrap_or(elements.len());
        match elements.get_mut(id) {
            Some(place) => *place = element,
            None => elements.push(element),
        }
        id as u32
    })
}

pub(super) fn remove(id: u32) {
    // The element is dropped outside the borrow. Its request ends then, and wakes nothing, because the element is gone.
    let element = ELEMENTS.with_borrow_mut(|elements| elements.get_mut(id as usize)?.take());
    drop(element);
}

pub(super) fn has_shortcuts(id: u32) -> bool {
    with(id, |element| element.captcha.config.shortcuts).unwrap_or(true)
}

pub(super) fn shell(id: u32) -> Option<Shell> {
    with(id, |element| element.shell.clone())
}

/// Reads the attributes.
pub(super) fn configure(id: u32) {
    let Some(shell) = shell(id) else { return };
    let config = Config::read(
        |attribute| shell.attribute(attribute),
        |warning| shell.warn(warning.attribute, &warning.value, warning.expected),
    );
    tell(id, Event::Configured(config));
}

/// Takes an event, paints what has changed, and has the shell perform the effects. Nothing is borrowed while the shell
/// is called: before the call returns, the shell may report something, or a listener of the page may call a method.
pub(super) fn tell(id: u32, event: Event<'_>) {
    let told = with(id, |element| {
        let effects = step(&mut element.captcha, event);
        let view = View::of(&element.captcha);
        let before = element.painted.replace(view.clone());
        (element.shell.clone(), effects, before, view)
    });
    let Some((shell, effects, before, view)) = told else {
        return;
    };
    paint(&shell, before.as_ref(), &view);
    for effect in effects {
        perform(id, &shell, effect);
    }
}

fn perform(id: u32, shell: &Shell, effect: Effect) {
    match effect {
        Effect::RequestKey | Effect::FetchAudio | Effect::Verify => request(id, shell, effect),
        Effect::Abort => shell.abort(),
        Effect::LeadIn(ms) => shell.lead_in(ms),
        Effect::Adopt => shell.adopt(),
        Effect::Start(at) => shell.start(at),
        Effect::Pause => shell.pause(),
        Effect::Seek(at) => shell.seek(at),
        Effect::Tune | Effect::Remember => {
            let tuned = with(id, |element| {
                let captcha = &element.captcha;
                (captcha.rate, captcha.volume, captcha.config.remember)
            });
            match tuned {
                Some((rate, volume, _)) if effect == Effect::Tune => shell.tune(rate, volume),
                Some((rate, volume, true)) => shell.remember(rate, volume),
                _ => {}
            }
        }
        Effect::Unload => shell.unload(),
        Effect::ClearAnswer => shell.clear_answer(),
        Effect::PressDefaultButton => shell.press_default_button(),
        Effect::ReplaceElement => shell.replace_audio(),
        Effect::FocusAnswer => shell.focus_answer(),
        Effect::FocusConsent => shell.focus_consent(),
        Effect::Emit(signal) => {
            if let Some(detail) = with(id, |element| details::of(&element.captcha, signal)) {
                shell.emit(signal, &detail);
            }
        }
        Effect::StartTimer(timer, ms) => shell.start_timer(timer, ms),
        Effect::StopTimer(timer) => shell.stop_timer(timer),
    }
}

fn request(id: u32, shell: &Shell, effect: Effect) {
    let made = with(id, |element| {
        element.scanner = Scanner::default();
        element.scanned = 0;
        let captcha = &element.captcha;
        let config = &captcha.config;
        let key = captcha.issued().map(|issued| &issued.key);
        let url = match (effect, key) {
            (Effect::RequestKey, _) => config.keys(),
            (Effect::FetchAudio, Some(key)) => config.audio(key),
            (Effect::Verify, Some(_)) => config.verifications(),
            _ => unreachable!("a request about a key, and there is none"),
        };
        let key = key.map(|key| key.as_str().to_owned()).unwrap_or_default();
        let answer = answer::normalise(&captcha.answer);
        (captcha.generation, config.timeout, url, key, answer)
    });
    let Some((generation, timeout, url, key, answer)) = made else {
        return;
    };
    match effect {
        Effect::FetchAudio => shell.fetch_audio(generation, timeout, &url),
        Effect::Verify => shell.verify(generation, timeout, &url, &key, &answer),
        _ => shell.request_key(generation, timeout, &url),
    }
}
