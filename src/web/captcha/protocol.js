// What both sides of the boundary agree on, in step with src/captcha.

// `Op` in report.rs.
export const ATTRIBUTES = 0, SURROUNDINGS = 1, MESSAGES = 2, RECALLED = 3, RESET = 4, DISABLED = 5, TIMER = 6, METHOD = 7, PAGE_HIDDEN = 8,
  PAGE_RESTORED = 9, SUBMITTED = 10, INVALID = 11, CLICK = 12, PRESS = 13, INPUT = 14, FOCUS = 15, LEAD_IN_OVER = 16, PLAYING = 17, PAUSED = 18,
  ENDED = 19, PROGRESS = 20, PLAYBACK_FAILED = 21, AUDIO = 22, ANSWER = 23, FAILED = 24, LANGUAGE = 25, DISCONNECTED = 26, SITE_ERROR = 27, CUSTOM_VALIDITY = 28, FORM_RESET = 29, FAREWELL = 30;

// `Part` in template.rs.
export const ANSWER_PART = 2, CONSENT_PART = 10, NO_PART = 34;

// `Signal` in event.rs.
export const SIGNALS = ["statechange", "issued", "verified", "rejected", "expired", "error"];

export const GROUP = "\x1d", RECORD = "\x1e", UNIT = "\x1f";
