//! Characters that nobody sees.

use icu_properties::{
    CodePointMapData, CodePointSetData,
    props::{DefaultIgnorableCodePoint, GeneralCategory},
};

/// Characters that nobody sees, or that turn the direction of what stands around them: a name made of them would be no name,
/// and a name with them could pass for another. Not those that scripts and pictures are written with: joiners, and selectors of
/// variants.
#[must_use]
pub fn is_deceptive(c: char) -> bool {
    match c {
        // Zero width non-joiner and joiner, selectors of variants.
        '\u{200C}' | '\u{200D}' | '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}' => false,
        // Braille without a dot, which Unicode counts as a picture.
        '\u{2800}' => true,
        _ => is_ignorable(c),
    }
}

/// Whether there is anything in `text` to be read: marks and joiners alone are nothing.
#[must_use]
pub fn is_readable(text: &str) -> bool {
    text.chars().any(|c| !c.is_whitespace() && !is_ignorable(c) && !is_mark(c))
}

/// What is left out where it cannot be shown, all that joins, selects and turns among it.
pub(super) fn is_ignorable(c: char) -> bool {
    CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
        || matches!(c, '\u{FFF9}'..='\u{FFFB}' | '\u{2066}'..='\u{2069}' | '\u{200E}' | '\u{200F}')
}

/// Accents, vowel signs and the like, which stand with the letter before them.
pub(super) fn is_mark(c: char) -> bool {
    use GeneralCategory::{EnclosingMark, NonspacingMark, SpacingMark};
    matches!(category(c), NonspacingMark | SpacingMark | EnclosingMark)
}

pub(super) fn category(c: char) -> GeneralCategory {
    CodePointMapData::<GeneralCategory>::new().get(c)
}
