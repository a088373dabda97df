//! The shadow tree, one node a line: depth, name, attributes (an underscore in a value is a space). A word
//! without a value is a slot: the attribute of that name, or the `text`, that the view fills.
//! The order is the reading order: label, box, what to do, Play, the other buttons, status. What appears
//! later (an error, a hint) stands after the box, so that nothing is inserted before the focus.

/// The tree.
pub const TEMPLATE: &str = "\
0 div class=sori lang dir data-theme
1 label part=label for=answer text
1 input part=answer id=answer type=text inputmode=numeric autocomplete=off data-1p-ignore=true data-bwignore=true data-lpignore=true data-form-type=other autocapitalize=off spellcheck=false enterkeyhint=done maxlength=64 disabled readonly aria-label aria-invalid aria-required aria-describedby
1 p part=error id=error text
1 p part=hint id=hint text hidden
1 p id=more class=unseen text
1 div part=notice id=notice
2 slot name=notice
3 p text
1 label part=consent hidden
2 input type=checkbox disabled aria-invalid aria-describedby
2 span text
1 div class=row
2 button part=play type=button disabled aria-disabled
3 svg viewBox=0_0_16_16 aria-hidden=true
4 path d
3 span text
2 button part=back type=button text disabled aria-disabled
2 button part=forward type=button text disabled aria-disabled
2 button part=slower type=button text disabled
2 button part=faster type=button text disabled
2 button part=renew type=button text disabled aria-disabled
2 label class=volume hidden
3 span text
3 input part=volume type=range min=0 max=100 step=5 disabled value aria-valuetext
2 button part=check type=button text disabled aria-disabled hidden
1 div part=progress aria-hidden=true hidden
2 progress max value
2 span text
1 p part=status id=status role=status text
1 div class=ways
2 slot name=alternative
3 slot
1 p class=unseen aria-live=polite text";

/// What the view says of the element itself, before the slots of the tree.
pub const HOST: &str = "state label flaw fields";

/// A node of the tree, by its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The wrapper, which carries the language.
    Wrapper = 0,
    /// The box's label.
    Label = 1,
    /// The box.
    Answer = 2,
    /// What is wrong with the answer.
    Error = 3,
    /// The instruction.
    Hint = 4,
    /// The text that the host's `aria-describedby` names.
    More = 5,
    /// What becomes of the data.
    Notice = 8,
    /// The consent box with its label.
    Consent = 9,
    /// The consent box.
    ConsentBox = 10,
    /// Its text.
    ConsentText = 11,
    /// Play.
    Play = 13,
    /// Its icon.
    PlayIcon = 15,
    /// Its text.
    PlayText = 16,
    /// Back.
    Back = 17,
    /// Forward.
    Forward = 18,
    /// Slower.
    Slower = 19,
    /// Faster.
    Faster = 20,
    /// A new challenge.
    Renew = 21,
    /// The volume with its label.
    VolumeLabel = 22,
    /// Its text.
    VolumeText = 23,
    /// The volume.
    Volume = 24,
    /// Check.
    Check = 25,
    /// The visible progress.
    Progress = 26,
    /// Its bar.
    ProgressBar = 27,
    /// Its text.
    ProgressText = 28,
    /// The live region.
    Status = 29,
    /// The slot for another way.
    Alternative = 31,
    /// What is announced of the answer. Apart from what is shown of it: that never blinks.
    Announcement = 33,
    /// Not a node of the tree: the element itself.
    Host = 34,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_is_where_its_number_says() {
        let lines: Vec<_> = TEMPLATE.lines().collect();
        for (part, mark) in [
            (Part::Wrapper, "class=sori"),
            (Part::Label, "part=label"),
            (Part::Answer, "part=answer"),
            (Part::Error, "part=error"),
            (Part::Hint, "id=hint"),
            (Part::More, "id=more"),
            (Part::Notice, "3 p"),
            (Part::Consent, "part=consent"),
            (Part::ConsentBox, "type=checkbox"),
            (Part::ConsentText, "2 span"),
            (Part::Play, "part=play"),
            (Part::PlayIcon, "4 path"),
            (Part::PlayText, "3 span"),
            (Part::Back, "part=back"),
            (Part::Forward, "part=forward"),
            (Part::Slower, "part=slower"),
            (Part::Faster, "part=faster"),
            (Part::Renew, "part=renew"),
            (Part::VolumeLabel, "class=volume"),
            (Part::VolumeText, "3 span"),
            (Part::Volume, "part=volume"),
            (Part::Check, "part=check"),
            (Part::Progress, "part=progress"),
            (Part::ProgressBar, "2 progress"),
            (Part::ProgressText, "2 span"),
            (Part::Status, "role=status"),
            (Part::Alternative, "name=alternative"),
            (Part::Announcement, "aria-live=polite"),
        ] {
            assert!(
                lines[part as usize].contains(mark),
                "{part:?}: {}",
                lines[part as usize]
            );
        }
    }
}
