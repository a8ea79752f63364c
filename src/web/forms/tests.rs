//! What counts as text.

use super::*;

fn required(text: &str) -> Result<String, Box<FormView>> {
    let form = FormReader::new(Fields::from([("name".to_owned(), text.to_owned())]));
    let name = form.required("name", "Your name", 80);
    form.finish(Some(name))
}

#[test]
fn what_nobody_can_see_is_no_name() {
    let invisible = "|\u{20}|\u{200B}|\u{2060}|\u{200D}\u{200C}|Maya\u{202E}iaR|\u{FEFF}Maya|Ma\u{0}ya|\u{301}|\u{2800}|Ma\u{AD}ya|\u{3164}";
    for invisible in invisible.split('|') {
        assert!(required(invisible).is_err(), "{invisible:?}");
    }
    assert_eq!(required("Zoe\u{308}").ok().as_deref(), Some("Zoë"), "one form is stored");
    for name in ["Maya", " Maya Rai ", "क्\u{200D}षितिज", "O’Brien", "Zoë"] {
        assert!(required(name).is_ok(), "{name:?}");
    }
}
