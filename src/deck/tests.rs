use super::*;

fn report(errors: &[DeckError]) -> String {
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[test]
fn embedded_decks_are_well_formed() {
    let library = Library::new(&[]);
    assert!(library.errors.is_empty(), "{}", report(&library.errors));
}

#[test]
fn embedded_decks_keep_the_lint() {
    let faults = lint(&Library::new(&[]), |_| true);
    assert!(faults.is_empty(), "{}", report(&faults));
}
