//! A small model of the browser: it performs the machine's effects as the shell does, with a clock that only
//! the test moves, and checks after every event what must always hold.

use sori_captcha::{
    captcha::{
        event::{By, Effect, Event, Signal, Timer},
        form::{self, Fields},
        messages::Catalog,
        state::{Captcha, Fault, Issued, Phase, Sound, StateName},
        step::step,
        template::Part,
        view::{Surroundings, View},
    },
    config::{ATTRIBUTES, Config},
    error::ErrorCode,
    locale::Locale,
    protocol::Key,
};

/// How long the model's audio is, in ms.
pub(crate) const LENGTH: u32 = 6000;
/// Where its digits begin, in ms.
pub(crate) const STARTS: [u32; 5] = [500, 1500, 2500, 3500, 4500];

/// What the browser waits for.
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

/// What the media element holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Clip {
    None,
    /// Silence, and how much of it is left, in ms.
    Silence(u32),
    Speech,
}

#[derive(Debug)]
pub(crate) struct Browser {
    pub(crate) captcha: Captcha,
    pub(crate) request: Option<Request>,
    pub(crate) clip: Clip,
    pub(crate) moving: bool,
    /// Where the speech is, in ms.
    pub(crate) at: u32,
    /// When each timer runs out, on the model's clock.
    timers: [Option<u32>; 5],
    clock: u32,
    /// Events of the media element that are under way.
    media: Vec<Event>,
    /// The text in the box.
    pub(crate) field: String,
    /// How often each was asked for.
    pub(crate) keys: u32,
    pub(crate) audios: u32,
    pub(crate) verifications: u32,
    pub(crate) focused: u32,
    pub(crate) default_button: u32,
    pub(crate) signals: Vec<Signal>,
    /// The lengths of the silences, in ms.
    pub(crate) lead_ins: Vec<u32>,
    /// Where speech was started, in ms.
    pub(crate) starts: Vec<u32>,
    /// What the live region said, in English.
    pub(crate) said: Vec<String>,
    catalogs: [Catalog; 2],
    live: String,
}

/// Settings from attributes, as a page writes them.
pub(crate) fn config(attributes: &[(&str, &str)]) -> Config {
    let value = |name: &str| {
        let named = |(n, _): &&(&str, &str)| *n == name.trim_end_matches('?');
        attributes.iter().find(named).map_or("", |(_, value)| value)
    };
    let (config, warnings) = Config::read(ATTRIBUTES.split(' ').map(value));
    assert!(warnings.is_empty() || !config.is_complete(), "{warnings:?}");
    config
}

impl Browser {
    /// A required captcha with these further attributes.
    pub(crate) fn new(attributes: &[(&str, &str)]) -> Self {
        let mut all = vec![
            ("endpoint", "/captcha"),
            ("name", "captcha"),
            ("required", "true"),
        ];
        all.extend_from_slice(attributes);
        Self::with(config(&all))
    }

    pub(crate) fn with(config: Config) -> Self {
        let catalog = |locale| Catalog {
            locale,
            ..Catalog::default()
        };
        Self {
            captcha: Captcha::new(config, false, String::new()),
            request: None,
            clip: Clip::None,
            moving: false,
            at: 0,
            timers: [None; 5],
            clock: 0,
            media: Vec::new(),
            field: String::new(),
            keys: 0,
            audios: 0,
            verifications: 0,
            focused: 0,
            default_button: 0,
            signals: Vec::new(),
            lead_ins: Vec::new(),
            starts: Vec::new(),
            said: Vec::new(),
            catalogs: [catalog(Locale::English), catalog(Locale::Korean)],
            live: String::new(),
        }
    }

    /// One event, what follows from it, and what the media element says about that.
    pub(crate) fn tell(&mut self, event: Event) {
        self.take(event);
        while !self.media.is_empty() {
            let event = self.media.remove(0);
            self.take(event);
        }
    }

    fn take(&mut self, event: Event) {
        let keys = self.keys;
        let act = matches!(
            event,
            Event::Toggle { .. } | Event::Play { .. } | Event::Renew
        );
        let live = self.has_live_key();
        let replay = matches!(event, Event::Toggle { .. } | Event::Play { .. });
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
                self.moving = true;
            }
            Effect::Adopt => {
                if self.clip == Clip::Speech {
                    self.clip = Clip::None;
                }
            }
            Effect::Start(at) => {
                self.starts.push(at);
                self.clip = Clip::Speech;
                self.at = at;
                self.moving = true;
                self.media.push(Event::Playing);
            }
            Effect::Pause => {
                if self.moving && self.clip == Clip::Speech {
                    self.media.push(Event::Paused);
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
            Effect::FocusAnswer | Effect::SelectAnswer => self.focused += 1,
            Effect::Emit(signal) => self.signals.push(signal),
            Effect::StartTimer(timer, ms) => {
                self.timers[timer as usize] = Some(self.clock.saturating_add(ms));
            }
            Effect::StopTimer(timer) => self.timers[timer as usize] = None,
        }
    }

    /// What must hold whatever happened.
    fn check(&mut self) {
        let around = Surroundings::default();
        for catalog in &self.catalogs {
            let view = View::of(&self.captcha, catalog, &around);
            for part in [
                Part::Label,
                Part::Hint,
                Part::Keys,
                Part::Notice,
                Part::ConsentText,
                Part::PlayText,
                Part::Back,
                Part::Forward,
                Part::Slower,
                Part::Faster,
                Part::Renew,
                Part::VolumeText,
                Part::Check,
            ] {
                let label = view.get(part, "").unwrap_or_default();
                assert!(!label.trim().is_empty(), "{part:?} has no label");
                assert!(!label.contains("{}"), "{part:?}: {label}");
            }
            let settled = matches!(
                self.captcha.phase,
                Phase::Checking(_) | Phase::Verified { .. }
            );
            assert_eq!(
                view.get(Part::Play, "aria-disabled").is_some(),
                settled,
                "Play is unavailable only once nothing is left to do"
            );
            let live = view.get(Part::Status, "").unwrap_or_default();
            if self.captcha.is_sounding() {
                assert_eq!(live, "", "the live region is silent while audio plays");
                assert_eq!(
                    view.get(Part::Answer, "aria-describedby"),
                    None,
                    "a description would be read over the digits"
                );
            }
            if catalog.locale == Locale::English && live != self.live {
                if !live.is_empty() {
                    assert_eq!(
                        self.live, "",
                        "the live region is emptied before it is written"
                    );
                    self.said.push(live.to_owned());
                }
                self.live = live.to_owned();
            }
        }
        // A fault of ours: what is at hand can be sent, and it says why it is not more.
        if let Some(fault) = self.captcha.fault() {
            match form::fields(&self.captcha) {
                Fields::Error(code) => {
                    assert_eq!(code, fault.code);
                    assert!(self.is_valid(), "{code} blocks the form");
                }
                Fields::Answer { .. } => {
                    let config = &self.captcha.config;
                    let asks = config.consent && !self.captcha.consented;
                    assert!(self.is_valid() || asks, "{} blocks the form", fault.code);
                }
                other => panic!("{} is submitted as {other:?}", fault.code),
            }
        }
        let busy = matches!(
            self.captcha.state(),
            StateName::Loading | StateName::Checking
        );
        let waits = self.request.is_some() || self.timers[Timer::Retry as usize].is_some();
        assert!(
            !busy || waits,
            "busy, but nothing is under way that could end it"
        );
    }

    /// Lets the time pass: silence and speech go on, timers run out in order.
    pub(crate) fn pass(&mut self, ms: u32) {
        let end = self.clock.saturating_add(ms);
        loop {
            let speech = LENGTH.saturating_sub(self.at);
            let clip = match self.clip {
                Clip::Silence(left) if self.moving => Some(self.clock.saturating_add(left)),
                Clip::Speech if self.moving => Some(self.clock.saturating_add(speech)),
                _ => None,
            };
            let timer = self.timers.iter().flatten().min().copied();
            let next = [clip, timer].into_iter().flatten().min();
            let Some(next) = next.filter(|next| *next <= end) else {
                self.advance(end - self.clock);
                return;
            };
            self.advance(next - self.clock);
            if clip == Some(next) {
                self.moving = false;
                match self.clip {
                    Clip::Silence(_) => self.tell(Event::LeadInOver),
                    // As HTML has it: a pause comes before the end.
                    _ => {
                        self.tell(Event::Paused);
                        self.tell(Event::Ended);
                    }
                }
            } else if let Some(timer) = Timer::ALL
                .into_iter()
                .find(|timer| self.timers[*timer as usize] == Some(next))
            {
                self.timers[timer as usize] = None;
                self.tell(Event::Timer(timer));
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

    pub(crate) fn press_play(&mut self) {
        let at = self.at;
        self.tell(Event::Toggle { by: By::Button, at });
    }

    pub(crate) fn press_dot(&mut self) {
        let at = self.at;
        self.tell(Event::Toggle { by: By::Key, at });
    }

    pub(crate) fn back(&mut self) {
        let at = self.at;
        self.tell(Event::Back { at });
    }

    pub(crate) fn forward(&mut self) {
        let at = self.at;
        self.tell(Event::Forward { at, length: LENGTH });
    }

    pub(crate) fn type_answer(&mut self, text: &str) {
        self.field = text.to_owned();
        self.tell(Event::Edited(text.to_owned()));
    }

    /// The backend issues a key that lives so long, in s.
    pub(crate) fn key_arrives(&mut self, expires_in: Option<u32>) {
        let Some(Request::Key(generation)) = self.request.take() else {
            panic!("no key was asked for: {:?}", self.request);
        };
        let key = Key::parse(&format!("key{}", self.keys)).unwrap();
        self.tell(Event::KeyArrived {
            generation,
            issued: Issued { key, expires_in },
        });
    }

    pub(crate) fn audio_arrives(&mut self) {
        let Some(Request::Audio(generation)) = self.request.take() else {
            panic!("no audio was asked for: {:?}", self.request);
        };
        let sound = Sound {
            starts: STARTS.to_vec(),
        };
        self.tell(Event::AudioArrived { generation, sound });
    }

    /// Whatever is under way fails.
    pub(crate) fn fails(&mut self, fault: impl Into<Fault>) {
        let request = self.request.take().expect("a request is under way");
        self.tell(Event::RequestFailed {
            generation: request.generation(),
            fault: fault.into(),
        });
    }

    pub(crate) fn judged(&mut self, right: bool) {
        let Some(Request::Verification(generation)) = self.request.take() else {
            panic!("no answer is being verified");
        };
        let token = right.then(|| "token".to_owned());
        self.tell(Event::Judged { generation, token });
    }

    /// From the press to speech.
    pub(crate) fn listen(&mut self) {
        self.press_play();
        self.key_arrives(None);
        self.audio_arrives();
        self.pass(*self.lead_ins.last().unwrap());
        assert_eq!(self.state(), StateName::Playing);
        assert_eq!(self.clip, Clip::Speech);
    }

    /// From the press to the end of speech.
    pub(crate) fn hear_out(&mut self) {
        self.listen();
        self.pass(LENGTH + 1000);
        assert_eq!(self.state(), StateName::Ready);
    }

    pub(crate) fn state(&self) -> StateName {
        self.captcha.state()
    }

    pub(crate) fn shown(&self, part: Part, attribute: &str) -> Option<String> {
        View::of(&self.captcha, &self.catalogs[0], &Surroundings::default())
            .get(part, attribute)
            .map(str::to_owned)
    }

    pub(crate) fn text(&self, part: Part) -> String {
        self.shown(part, "").unwrap_or_default()
    }

    pub(crate) fn last_said(&self) -> &str {
        self.said.last().map_or("", String::as_str)
    }

    pub(crate) fn is_valid(&self) -> bool {
        form::flaw(&self.captcha).is_none()
    }

    pub(crate) fn fields(&self) -> String {
        form::entries(&self.captcha, '&')
    }

    pub(crate) fn was_told(&self, signal: Signal) -> usize {
        self.signals.iter().filter(|told| **told == signal).count()
    }
}

/// The codes of faults that a request can end in.
pub(crate) fn request_faults() -> impl Iterator<Item = ErrorCode> {
    ErrorCode::ALL.iter().copied().filter(|code| {
        !matches!(
            code,
            ErrorCode::PlaybackBlocked | ErrorCode::InternalError | ErrorCode::ConfigError
        )
    })
}
