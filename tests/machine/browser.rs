//! A small model of the browser. It performs the machine's effects as the shell does, with a clock that only the test
//! moves. After every event it checks what must always be true.

mod acts;
mod invariants;

use sori_captcha::{
    captcha::{
        event::{Effect, Event, Signal, Timer},
        state::{Captcha, Focus},
        step::step,
    },
    config::{Attribute, Config},
    error::ErrorCode,
    locale::texts::Texts,
};

/// What the shell adds to an announcement whose text is that of the last one.
pub(crate) const AGAIN: &str = "\u{a0}";
/// How often the model's audio reports its position, in ms.
const PROGRESS_MS: u32 = 250;
/// How long the model's audio is, in ms.
pub(crate) const LENGTH: u32 = 6000;
/// Where the digits begin, in ms.
pub(crate) const STARTS: [u32; 5] = [500, 1500, 2500, 3500, 4500];

/// What the browser is waiting for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Request {
    Key(u32),
    Audio(u32),
    Verification(u32),
}

impl Request {
    pub(crate) fn generation(self) -> u32 {
        match self {
            Self::Key(generation) | Self::Audio(generation) | Self::Verification(generation) => {
                generation
            }
        }
    }
}

/// The clip in the media element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Clip {
    None,
    /// Silence, and how much of it remains, in ms.
    Silence(u32),
    Speech,
}

#[derive(Debug)]
pub(crate) struct Browser {
    pub(crate) captcha: Captcha,
    pub(crate) request: Option<Request>,
    pub(crate) clip: Clip,
    pub(crate) moving: bool,
    /// Whether the browser refuses to play the digits.
    pub(crate) mute: bool,
    /// Whether the browser plays nothing, neither silence nor digits, and reports nothing.
    pub(crate) stuck: bool,
    /// The position in the digits' audio, in ms.
    pub(crate) at: u32,
    /// When each timer ends, on the model's clock.
    timers: [Option<u32>; Timer::ALL.len()],
    pub(crate) clock: u32,
    /// When a live region was last written since the last act.
    pub(super) last_word: Option<u32>,
    /// Events of the media element that have not been delivered yet.
    media: Vec<Event<'static>>,
    /// The text in the box.
    pub(crate) field: String,
    /// How often each was requested.
    pub(crate) keys: u32,
    pub(crate) audios: u32,
    pub(crate) verifications: u32,
    pub(crate) focused: u32,
    /// Where the focus was moved to; this has not been reported yet.
    focus_moves: Vec<Focus>,
    /// How often the media element was replaced.
    pub(crate) replaced: u32,
    pub(crate) default_button: u32,
    pub(crate) signals: Vec<Signal>,
    /// The lengths of the silences, in ms.
    pub(crate) lead_ins: Vec<u32>,
    /// Where the digits' audio was started, in ms.
    pub(crate) starts: Vec<u32>,
    /// What the live regions said, in English.
    pub(crate) said: Vec<String>,
    /// The widget's texts in English and in Korean.
    texts: [Texts; 2],
    /// The site's texts, by the number of their [`SiteText`](sori_captcha::captcha::message::SiteText).
    site_texts: [String; 3],
    live: [String; 2],
    /// The last text of each live region.
    last: [String; 2],
}

/// Settings from attributes, as in a page.
pub(crate) fn config(attributes: &[(&str, &str)]) -> Config {
    let value_of = |attribute: Attribute| {
        let named = |(name, _): &&(&str, &str)| *name == attribute.as_str();
        attributes
            .iter()
            .find(named)
            .map(|(_, value)| (*value).to_owned())
    };
    let mut warned = Vec::new();
    let config = Config::read(value_of, |warning| {
        warned.push(format!("{warning:?}"));
    });
    assert!(warned.is_empty() || !config.is_complete(), "{warned:?}");
    config
}

impl Browser {
    /// A required captcha with these additional attributes.
    pub(crate) fn new(attributes: &[(&str, &str)]) -> Self {
        let mut all = vec![
            ("endpoint", "/captcha"),
            ("name", "captcha"),
            ("required", "true"),
        ];
        all.extend_from_slice(attributes);
        let mut browser = Self::with(config(&all));
        if let Some((_, text)) = attributes.iter().find(|(name, _)| *name == "error") {
            browser.captcha.configured = false;
            browser.site_error(text);
        }
        browser.captcha.configured = true;
        browser
    }

    pub(crate) fn with(config: Config) -> Self {
        Self {
            captcha: Captcha::new(config, false, String::new()),
            request: None,
            clip: Clip::None,
            moving: false,
            mute: false,
            stuck: false,
            at: 0,
            timers: [None; Timer::ALL.len()],
            clock: 0,
            last_word: None,
            media: Vec::new(),
            field: String::new(),
            keys: 0,
            audios: 0,
            verifications: 0,
            focused: 0,
            focus_moves: Vec::new(),
            replaced: 0,
            default_button: 0,
            signals: Vec::new(),
            lead_ins: Vec::new(),
            starts: Vec::new(),
            said: Vec::new(),
            texts: ["en", "ko"].map(Texts::of),
            site_texts: Default::default(),
            live: Default::default(),
            last: Default::default(),
        }
    }

    /// Delivers one event, performs its effects, and delivers what the media element reports.
    pub(crate) fn tell(&mut self, event: Event) {
        self.take(event);
        loop {
            if !self.media.is_empty() {
                let event = self.media.remove(0);
                self.take(event);
            } else if let Some(focus) = self.focus_moves.pop() {
                self.take(Event::Focus(focus));
            } else {
                return;
            }
        }
    }

    /// The media element does by itself what the event reports.
    pub(crate) fn obey(&mut self, event: &Event) {
        match event {
            Event::Paused { .. } => self.moving = false,
            // The silence could not be played, so nothing separates speech from an announcement before it.
            Event::LeadInOver => self.last_word = None,
            _ => {}
        }
    }

    fn take(&mut self, event: Event) {
        let keys = self.keys;
        let act = matches!(event, Event::Toggle(_) | Event::Play | Event::Renew);
        if act || matches!(event, Event::Back { .. } | Event::Forward { .. }) {
            self.last_word = None;
        }
        let live = self.has_live_key();
        let replay = matches!(event, Event::Toggle(_) | Event::Play);
        for effect in step(&mut self.captcha, event) {
            self.perform(effect);
        }
        assert!(
            self.keys == keys || act,
            "a key was requested without an act of the person"
        );
        assert!(
            self.keys == keys || !(replay && live),
            "a replay requested a key though one is at hand"
        );
        self.check();
    }

    fn has_live_key(&self) -> bool {
        self.captcha.issued().is_some()
    }

    fn perform(&mut self, effect: Effect) {
        let generation = self.captcha.generation;
        match effect {
            Effect::RequestKey => {
                self.keys += 1;
                self.request = Some(Request::Key(generation));
            }
            Effect::FetchAudio => {
                self.audios += 1;
                self.request = Some(Request::Audio(generation));
            }
            Effect::Verify => {
                self.verifications += 1;
                self.request = Some(Request::Verification(generation));
            }
            Effect::Abort => self.request = None,
            Effect::LeadIn(ms) => {
                self.lead_ins.push(ms);
                self.clip = Clip::Silence(ms);
                self.moving = !self.stuck;
            }
            Effect::Adopt => {
                if self.clip == Clip::Speech {
                    self.clip = Clip::None;
                }
            }
            Effect::Start(at) => {
                self.starts.push(at);
                if let Some(word) = self.last_word {
                    let since = self.clock - word;
                    assert!(since >= 1000, "speech {since} ms after {:?}", self.said);
                }
                self.clip = Clip::Speech;
                self.at = at;
                self.moving = !self.mute && !self.stuck;
                if self.mute {
                    let blocked = Event::PlaybackFailed(ErrorCode::PlaybackBlocked);
                    self.media.push(blocked);
                } else if !self.stuck {
                    self.media.push(Event::Playing);
                }
            }
            Effect::Pause => {
                if self.moving && self.clip == Clip::Speech {
                    self.media.push(Event::Paused { at: self.at });
                }
                self.moving = false;
            }
            Effect::Seek(at) => self.at = at,
            Effect::Unload => {
                self.clip = Clip::None;
                self.moving = false;
                self.media.clear();
            }
            Effect::Tune | Effect::Remember => {}
            Effect::ClearAnswer => self.field.clear(),
            Effect::PressDefaultButton => self.default_button += 1,
            Effect::ReplaceElement => {
                self.clip = Clip::None;
                self.moving = false;
                self.replaced += 1;
            }
            Effect::FocusAnswer => {
                self.focused += 1;
                self.focus_moves.push(Focus::Answer);
            }
            Effect::FocusConsent => self.focus_moves.push(Focus::Consent),
            Effect::Emit(signal) => self.signals.push(signal),
            Effect::StartTimer(timer, ms) => {
                self.timers[timer as usize] = Some(self.clock.saturating_add(ms));
            }
            Effect::StopTimer(timer) => self.timers[timer as usize] = None,
        }
    }

    /// Lets time pass: silence and digits play, and timers end in order.
    pub(crate) fn pass(&mut self, ms: u32) {
        let end = self.clock.saturating_add(ms);
        loop {
            let speech = LENGTH.saturating_sub(self.at);
            let clip = match self.clip {
                Clip::Silence(left) if self.moving => Some(self.clock.saturating_add(left)),
                Clip::Speech if self.moving => Some(self.clock.saturating_add(speech)),
                _ => None,
            };
            let speaks = self.clip == Clip::Speech && self.moving && speech > PROGRESS_MS;
            let progress = speaks.then(|| self.clock.saturating_add(PROGRESS_MS));
            let timer = self.timers.iter().flatten().min().copied();
            let next = [clip, timer, progress].into_iter().flatten().min();
            let Some(next) = next.filter(|next| *next <= end) else {
                self.advance(end - self.clock);
                return;
            };
            self.advance(next - self.clock);
            if clip == Some(next) {
                self.moving = false;
                match self.clip {
                    Clip::Silence(_) => self.tell(Event::LeadInOver),
                    // As in HTML, a pause comes before the end.
                    _ => {
                        self.tell(Event::Paused { at: LENGTH });
                        self.tell(Event::Ended);
                    }
                }
            } else if let Some(timer) = Timer::ALL
                .iter()
                .copied()
                .find(|timer| self.timers[*timer as usize] == Some(next))
            {
                self.timers[timer as usize] = None;
                self.tell(Event::Timer(timer));
            } else if progress == Some(next) {
                let (at, length) = (self.at, LENGTH);
                self.tell(Event::Progress { at, length });
            }
        }
    }

    fn advance(&mut self, ms: u32) {
        self.clock += ms;
        if self.moving {
            match &mut self.clip {
                Clip::Silence(left) => *left -= ms,
                Clip::Speech => self.at += ms,
                Clip::None => {}
            }
        }
    }
}

/// The codes of faults with which a request can end.
pub(crate) fn request_faults() -> impl Iterator<Item = ErrorCode> {
    ErrorCode::ALL.iter().copied().filter(|code| {
        !matches!(
            code,
            ErrorCode::PlaybackBlocked | ErrorCode::InternalError | ErrorCode::ConfigError
        )
    })
}
