//! A custom element and the parts in its shadow root, used as a person would use them.

use fantoccini::Locator;
use fantoccini::elements::Element;
use serde_json::{Value, json};

use crate::page::Page;

/// An upgraded custom element.
#[derive(Debug)]
pub struct Host<'a> {
    page: &'a Page,
    element: Element,
    selector: String,
}

impl<'a> Host<'a> {
    pub(crate) fn new(page: &'a Page, element: Element, selector: &str) -> Self {
        Self {
            page,
            element,
            selector: selector.to_owned(),
        }
    }

    /// The part that `::part(name)` would style.
    pub async fn part(&self, name: &str) -> Part<'a> {
        let what = format!("{}::part({name})", self.selector);
        let root =
            self.element.shadow_root().await.unwrap_or_else(|error| {
                panic!("{} has no open shadow root: {error}", self.selector)
            });
        let element = root
            .find(Locator::Css(&format!("[part~={name}]")))
            .await
            .unwrap_or_else(|error| panic!("there is no {what}: {error}"));
        Part {
            page: self.page,
            element,
            what,
        }
    }

    /// Waits until the element matches `:state(name)`.
    pub async fn until_state(&self, name: &str) {
        // If the wait fails, this prints the states that it has instead.
        let matches = format!(
            "const captcha = document.querySelector({}); return captcha.matches(':state({name})') || captcha.shadowRoot?.firstElementChild.dataset.state",
            json!(self.selector)
        );
        self.page
            .until(&format!("{} is {name}", self.selector), &matches)
            .await;
    }

    /// Waits until the digits can be heard: the silence before them, at most 1.5 s, is over.
    pub async fn until_heard(&self) {
        let heard = format!(
            "const audio = document.querySelector({}).shadowRoot.querySelector('audio'); return audio?.duration > 2 && audio.currentTime > 0",
            json!(self.selector)
        );
        self.page
            .until(&format!("{} is heard", self.selector), &heard)
            .await;
    }

    /// Waits until a part's text contains `text`.
    pub async fn until_text(&self, part: &str, text: &str) {
        let script = format!(
            "return document.querySelector({}).shadowRoot.querySelector('[part~={part}]').textContent.includes({})",
            json!(self.selector),
            json!(text)
        );
        self.page
            .until(
                &format!("{}::part({part}) says {text:?}", self.selector),
                &script,
            )
            .await;
    }

    /// Waits until a part has text, because a live region is empty before it is written.
    pub async fn until_told(&self, part: &str) {
        let script = format!(
            "return document.querySelector({}).shadowRoot.querySelector('[part~={part}]').textContent !== ''",
            json!(self.selector)
        );
        let what = format!("{}::part({part}) says something", self.selector);
        self.page.until(&what, &script).await;
    }

    /// A property of the element.
    pub async fn property(&self, name: &str) -> Value {
        self.page
            .script(&format!(
                "return document.querySelector({}).{name}",
                json!(self.selector)
            ))
            .await
    }

    pub fn element(&self) -> &Element {
        &self.element
    }
}

/// An element in a shadow root.
#[derive(Debug)]
pub struct Part<'a> {
    page: &'a Page,
    element: Element,
    what: String,
}

impl Part<'_> {
    /// A real press of the pointer. It moves there and activates the page, so the browser allows sound.
    pub async fn click(&self) {
        self.element
            .click()
            .await
            .unwrap_or_else(|error| panic!("{} cannot be clicked: {error}", self.what));
    }

    /// Real key presses into the part, which takes the focus.
    pub async fn type_text(&self, text: &str) {
        self.element
            .send_keys(text)
            .await
            .unwrap_or_else(|error| panic!("{} takes no keys: {error}", self.what));
    }

    pub async fn text(&self) -> String {
        let text = self
            .page
            .script_with("return arguments[0].textContent", vec![self.reference()])
            .await;
        text.as_str().unwrap_or_default().to_owned()
    }

    /// A property of the part.
    pub async fn property(&self, name: &str) -> Value {
        self.page
            .script_with(
                &format!("return arguments[0].{name}"),
                vec![self.reference()],
            )
            .await
    }

    pub async fn attribute(&self, name: &str) -> Option<String> {
        self.element
            .attr(name)
            .await
            .unwrap_or_else(|error| panic!("{} has gone: {error}", self.what))
    }

    pub async fn is_displayed(&self) -> bool {
        self.element
            .is_displayed()
            .await
            .unwrap_or_else(|error| panic!("{} has gone: {error}", self.what))
    }

    /// The name that assistive technology is told, computed by the browser.
    pub async fn accessible_name(&self) -> String {
        self.computed("computedlabel").await
    }

    /// The role that assistive technology is told, computed by the browser.
    pub async fn accessible_role(&self) -> String {
        self.computed("computedrole").await
    }

    async fn computed(&self, what: &str) -> String {
        let id = self.element.element_id();
        let answer = self
            .page
            .call(&format!("element/{}/{what}", &*id), None)
            .await;
        answer.as_str().unwrap_or_default().to_owned()
    }

    /// The part, as an argument for a script.
    pub fn reference(&self) -> Value {
        json!(self.element)
    }

    pub fn element(&self) -> &Element {
        &self.element
    }
}

impl Part<'_> {
    /// Whether the part has the keyboard focus, also inside other shadow roots.
    pub async fn has_focus(&self) -> bool {
        let script = "const part = arguments[0]; return part.getRootNode().activeElement === part";
        self.page.script_with(script, vec![self.reference()]).await == Value::Bool(true)
    }
}
