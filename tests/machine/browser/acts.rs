//! What a person and a backend do, and what can be seen of the result.

use sori_captcha::{
    captcha::{
        event::{By, Event, Signal},
        form,
        message::{Message, Name, SiteText, Words},
        part::{Description, Flag, Part},
        state::{Fault, Focus, Issued, Sound, StateName},
        view::View,
    },
    error::ErrorCode,
    locale::texts::Texts,
    protocol::Key,
};

use super::{AGAIN, Browser, Clip, LENGTH, Request, STARTS};

impl Browser {
    pub(crate) fn press_play(&mut self) {
        self.tell(Event::Focus(Focus::Play));
        self.tell(Event::Toggle(By::Button));
    }

    pub(crate) fn press_dot(&mut self) {
        self.tell(Event::Focus(Focus::Answer));
        self.tell(Event::Toggle(By::Key));
    }

    pub(crate) fn back(&mut self) {
        let at = self.at;
        self.tell(Event::Back { at });
    }

    pub(crate) fn forward(&mut self) {
        let at = self.at;
        self.tell(Event::Forward { at, length: LENGTH });
    }

    /// Inline mode: the digits were heard and typed, and their check failed with this code.
    pub(crate) fn whose_check_fails(code: ErrorCode) -> Self {
        let mut browser = Self::new(&[("verify", "inline")]);
        browser.hear_out();
        browser.type_answer("12345");
        browser.tell(Event::Check);
        browser.fails(code);
        browser.pass(1000);
        browser
    }

    pub(crate) fn type_answer(&mut self, text: &str) {
        self.tell(Event::Focus(Focus::Answer));
        self.field = text.to_owned();
        self.tell(Event::Edited(text));
    }

    /// Lets the silence after a step pass. Returns the number of the digit that is then heard.
    pub(crate) fn next(&mut self) -> usize {
        self.pass(400);
        let place = STARTS.iter().position(|start| *start == self.at);
        place.unwrap_or_else(|| panic!("{} is no digit's start", self.at))
    }

    /// The backend issues a key that is valid for this time, in seconds.
    pub(crate) fn key_arrives(&mut self, expires_in: Option<u32>) {
        let Some(Request::Key(generation)) = self.request.take() else {
            panic!("no key was asked for: {:?}", self.request);
        };
        let key = Key::parse(&format!("key{}", self.keys)).unwrap();
        self.tell(Event::KeyArrived {
            generation,
            issued: Issued { key, expires_in },
            practice: false,
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

    /// Whatever request is under way fails.
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
        let token = right.then_some("token");
        self.tell(Event::Judged { generation, token });
    }

    /// From the press to the digits.
    pub(crate) fn listen(&mut self) {
        self.press_play();
        self.key_arrives(None);
        self.audio_arrives();
        self.pass(*self.lead_ins.last().unwrap());
        assert_eq!(self.state(), StateName::Playing);
        assert_eq!(self.clip, Clip::Speech);
    }

    /// From the press to the end of the digits.
    pub(crate) fn hear_out(&mut self) {
        self.listen();
        self.pass(LENGTH + 1000);
        assert_eq!(self.state(), StateName::Ready);
    }

    pub(crate) fn state(&self) -> StateName {
        self.captcha.state()
    }

    /// An attribute of a part, as the shell sets it; `None` if it is absent.
    pub(crate) fn shown(&self, part: Part, attribute: &str) -> Option<String> {
        let view = View::of(&self.captcha);
        let flag = Flag::ALL.iter().find(|flag| flag.as_str() == attribute);
        if let Some(flag) = flag {
            return view.holds(part, *flag).then(|| "true".to_owned());
        }
        let ids = match (part, attribute) {
            (Part::Answer, "aria-describedby") => ids(view.description),
            (Part::Consent, "aria-describedby") if view.holds(part, Flag::Invalid) => {
                "error notice"
            }
            (Part::Consent, "aria-describedby") => "notice",
            (Part::Volume, "aria-valuetext") => return Some(self.text(part)),
            (_, "disabled") if self.captcha.disabled => "true",
            _ => "",
        };
        (!ids.is_empty()).then(|| ids.to_owned())
    }

    /// The text of a part in English.
    pub(crate) fn text(&self, part: Part) -> String {
        self.text_in(&self.texts[0], part)
    }

    /// The text of a part.
    pub(super) fn text_in(&self, texts: &Texts, part: Part) -> String {
        let name = match part {
            Part::Consent => Message::Consent,
            Part::Back => Message::Back,
            Part::Forward => Message::Forward,
            Part::Slower => Message::Slower,
            Part::Faster => Message::Faster,
            Part::Renew => Message::Renew,
            Part::Check => Message::Check,
            _ => {
                let said = View::of(&self.captcha).text(part);
                return said.map_or_else(String::new, |said| {
                    let again = if said.again { AGAIN } else { "" };
                    self.words_in(texts, said.words) + again
                });
            }
        };
        texts.get(name).to_owned()
    }

    fn words_in(&self, texts: &Texts, words: Words) -> String {
        match words {
            Words::Ours(text) => texts.render_with(text, |name| match name {
                Name::Play => self.captcha.play_to_press(),
                Name::Way => self.captcha.way(),
            }),
            Words::Site(which) => self.site_texts[which as usize].clone(),
        }
    }

    /// The page sets the `error` attribute.
    pub(crate) fn site_error(&mut self, text: &str) {
        self.site_texts[SiteText::Error as usize] = text.to_owned();
        self.tell(Event::SiteError(!text.is_empty()));
    }

    /// The site's server rejects the answer, with its own text unless that is empty.
    pub(crate) fn reject(&mut self, text: &str) {
        self.site_texts[SiteText::Rejection as usize] = text.to_owned();
        let in_own_words = !text.is_empty();
        self.tell(Event::Reject { in_own_words });
    }

    pub(crate) fn custom_validity(&mut self, text: &str) {
        self.site_texts[SiteText::Validity as usize] = text.to_owned();
        self.tell(Event::CustomValidity(!text.is_empty()));
    }

    pub(crate) fn last_said(&self) -> &str {
        self.said.last().map_or("", String::as_str)
    }

    pub(crate) fn is_valid(&self) -> bool {
        form::flaw(&self.captcha).is_none()
    }

    pub(crate) fn fields(&self) -> String {
        let fields = form::entries(&self.captcha).into_iter();
        let pairs = fields.map(|(name, value)| format!("{name}&{value}"));
        pairs.collect::<Vec<_>>().join("&")
    }

    pub(crate) fn was_told(&self, signal: Signal) -> usize {
        self.signals.iter().filter(|told| **told == signal).count()
    }
}

/// The ids that the shell puts into `aria-describedby`.
fn ids(description: Description) -> &'static str {
    match description {
        Description::Nothing => "",
        Description::Page => "more",
        Description::Hint => "more hint",
        Description::Error => "more error",
        Description::Status => "more status",
    }
}
