//! Searching text, by the keys that `text` makes of it.

use entity::user;
use sea_orm::{
    ColumnTrait, Condition,
    sea_query::{Expr, ExprTrait, Func, LikeExpr},
};

use crate::text::{Contact, PHONE, Term};

/// What of people is searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Their names alone: all that anybody may search.
    Names,
    /// How they are reached and when they were born as well: for those who may see it.
    Everything,
}

impl Reach {
    /// Everything, to those who may see it.
    #[must_use]
    pub fn of(may_see_contacts: bool) -> Self {
        if may_see_contacts { Self::Everything } else { Self::Names }
    }
}

/// Whether somebody, as `user` stands in the statement, is what `term` looks for.
#[must_use]
pub fn is_person(term: &Term, reach: Reach) -> Condition {
    use user::Column::{ContactKey, DateOfBirth, FirstName, LastName, NameKey};
    let by_name = key_holds(NameKey, &[FirstName, LastName], &term.words);
    if reach == Reach::Names {
        return by_name;
    }
    let contact = term.contact.as_ref().map(|contact| match contact {
        Contact::Address(part) => is_like(ContactKey, &format!("%{}%{PHONE}%", escaped(part))),
        Contact::Digits(part) => is_like(ContactKey, &format!("%{PHONE}%{}%", escaped(part))),
    });
    let born = term.born.map(|born| DateOfBirth.eq(born));
    Condition::any().add(by_name).add_option(contact).add_option(born)
}

/// Whether all `words` are in the key. Where no key is made yet, whether each is in one of the texts, without regard to case as far as the
/// database knows letters. Without words nothing is found.
pub fn key_holds<C: ColumnTrait>(key: C, texts: &[C], words: &[String]) -> Condition {
    if words.is_empty() {
        return Condition::all().add(Expr::Constant(false.into()));
    }
    words.iter().fold(Condition::all(), |all, word| {
        let pattern = format!("%{}%", escaped(word));
        let in_texts = texts.iter().fold(Condition::any(), |any, text| any.add(lower_is_like(*text, &pattern)));
        let unmade = Condition::all().add(key.is_null()).add(in_texts);
        all.add(Condition::any().add(is_like(key, &pattern)).add(unmade))
    })
}

/// What is typed is text, not a pattern: `%` and `_` stand for themselves.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

fn is_like(column: impl ColumnTrait, pattern: &str) -> Expr {
    Expr::col(column.as_column_ref()).like(LikeExpr::new(pattern).escape('\\'))
}

fn lower_is_like(column: impl ColumnTrait, pattern: &str) -> Expr {
    Expr::from(Func::lower(Expr::col(column.as_column_ref()))).like(LikeExpr::new(pattern).escape('\\'))
}
